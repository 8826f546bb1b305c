package needle.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import needle.kit.InvalidInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarehouseLockTest {
  /** Holds the lock in a process of its own until it is killed. */
  public static void main(String[] args) throws InterruptedException {
    try (WarehouseLock lock = WarehouseLock.take(args[0])) {
      System.out.println("locked");
      TimeUnit.MINUTES.sleep(5);
    }
  }

  @Test
  void aSecondProcessIsTurnedAwayAndAKilledOneFreesTheLock(@TempDir Path folder)
      throws IOException, InterruptedException {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                WarehouseLockTest.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream said = holder.getInputStream()) {
      assertThat(new String(said.readNBytes(6), StandardCharsets.UTF_8)).isEqualTo("locked");
      assertThatThrownBy(() -> WarehouseLock.take(folder.toString()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("is busy");
    } finally {
      holder.destroyForcibly().waitFor();
    }
    WarehouseLock.take(folder.toString()).close();
  }

  @Test
  void theLockHoldsWithinAProcessToo(@TempDir Path folder) {
    try (WarehouseLock lock = WarehouseLock.take(folder.toString())) {
      assertThatThrownBy(() -> WarehouseLock.take(folder.toString()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("is busy");
    }
    WarehouseLock.take("file://" + folder).close();
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> WarehouseLock.take(file.resolve("warehouse").toString()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Cannot write");
  }
}
