package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A shipped contract of many columns, whose plans grow with every step that repeats them. */
class WideContractTest extends CommandTest {
  private static final Path CONTRACT = Path.of("contracts/hris/emp_job.yaml");
  private static final Path FIXTURE =
      Path.of("src/test/resources/extracts/hris/emp_job/2024-02-01/EmpJob.csv");

  // Without an end unless the delivery is computed before it is compared: any limit would do.
  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aDryRunOfASecondDeliveryEnds() throws IOException {
    declare("emp_job", Files.readString(CONTRACT));
    String first = Files.readString(FIXTURE);
    deliver("hris/emp_job/2024-02-01/EmpJob.csv", first);
    assertThat(here("ingest")).as(err()).isZero();
    String later = first.lines().skip(1).findFirst().orElseThrow();
    deliver(
        "hris/emp_job/2024-03-01/EmpJob.csv",
        first + later.replace("u100234", "u100777") + "\n" + later.replace("P1,1,", "P1,x,"));
    assertThat(here("ingest", "--dry-run")).as(err()).isZero();
    assertThat(out())
        .contains("new         hris/emp_job/2024-03-01/EmpJob.csv")
        .contains("6 read: 1 accepted, 2 rejected, 3 duplicate")
        .contains("1 × fte: 'x' is not a number", "1 × not so: fte lies above 0 and up to 1");
  }
}
