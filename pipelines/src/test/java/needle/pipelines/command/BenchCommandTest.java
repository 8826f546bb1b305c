package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import needle.pipelines.lake.DeltaTables;
import org.junit.jupiter.api.Test;

class BenchCommandTest extends CommandTest {
  @Test
  void everyEventOfALogIsIngestedBesideAPlainCopy() {
    String out = folder.resolve("log").toString();
    assertThat(needle("bench", "--events=50", "--out=" + out, "--config=../pipelines")).isZero();
    assertThat(out()).contains("## A Moodle log of 50 events", "| `needle ingest` |");
    DeltaTables ingested = new DeltaTables(session(), out + "/warehouse");
    assertThat(ingested.latest("bronze.lms_moodle_logstore").where("_outcome = 'accepted'").count())
        .isEqualTo(50);
    assertThat(session().read().format("delta").load(out + "/copy").count()).isEqualTo(50);
  }

  @Test
  void whatIsTimedMustBeSaid() {
    assertThat(needle("bench", "--out=" + folder)).isEqualTo(2);
    assertThat(err()).contains("--employees", "--events");
  }
}
