package needle.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of the repository that are made from the code; {@code mvn test -Dneedle.golden=write}
 * writes them anew.
 */
final class Golden {
  private Golden() {}

  static void check(String file, String made) throws IOException {
    Path golden = Path.of("..", file);
    if ("write".equals(System.getProperty("needle.golden"))) {
      Files.createDirectories(golden.getParent());
      Files.writeString(golden, made);
    }
    assertThat(made)
        .as(file + " is out of date: look at the difference, then write it anew")
        .isEqualTo(Files.readString(golden));
  }
}
