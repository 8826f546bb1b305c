package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import needle.pipelines.ingest.Landing;
import org.junit.jupiter.api.Test;

/** What a day is asked of whose files were replaced since. */
class KnownThenTest extends CommandTest {
  private static final String EXTRACT = "lms/account/2024-02-01/";

  private int knownAt(LocalDate day) {
    return here("run", "--demo-key", "--tables=bronze.lms_account", "--as-known-at=" + day);
  }

  @Test
  void aDayBeforeAFileWasReplacedIsRefusedAndTheDayItselfIsNot() throws IOException {
    declareShipped();
    Files.createDirectories(folder.resolve("landing"));
    Files.createFile(folder.resolve("landing").resolve(Landing.SIMULATED));
    String fixture;
    try (var files = Files.list(Path.of("src/test/resources/extracts").resolve(EXTRACT))) {
      fixture = Files.readString(files.findFirst().orElseThrow());
    }
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    LocalDate before = LocalDate.of(2024, 2, 10);
    deliver(EXTRACT + "accounts.csv", fixture);
    assertThat(knownAt(before)).as(err()).isZero();
    deliver("lms/account/2024-02-20/accounts.csv", fixture + "\n");
    deliver(
        EXTRACT + "accounts.csv",
        fixture.lines().findFirst().orElseThrow() + "\n" + lastLine(fixture) + "\n");
    assertThat(knownAt(before)).isEqualTo(2);
    assertThat(err())
        .contains(
            "What was known on 2024-02-10 cannot be told",
            "1 of the files delivered until then were replaced under their names later, such as "
                + EXTRACT
                + "accounts.csv on "
                + today,
            "a correction in a delivery folder of its own day takes nothing from the days before");
    assertThat(knownAt(today)).as(err()).isZero();
  }

  private static String lastLine(String text) {
    return text.lines().reduce((one, other) -> other).orElseThrow();
  }
}
