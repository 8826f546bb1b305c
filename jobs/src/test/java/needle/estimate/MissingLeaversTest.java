package needle.estimate;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import needle.ForgetfulCompany;
import needle.GivenInputs;
import needle.SparkTest;
import needle.kit.Kpi;
import needle.panel.LeaverCoverage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** The same small company, once with and once without its leavers in the learning extract. */
class MissingLeaversTest extends SparkTest {
  private Dataset<Row> studies(int leaversWithRecords) {
    GivenInputs given =
        new ForgetfulCompany()
            .given(session(), 20, leaversWithRecords)
            .kpis(
                kpi("turnover", Kpi.Family.BINARY, true),
                kpi("tenure", Kpi.Family.DURATION, true),
                kpi("rate", Kpi.Family.COUNT, false));
    given.table(LeaverCoverage.TABLE, new LeaverCoverage().transform(given));
    return new Studies().transform(given);
  }

  private static Kpi kpi(String id, Kpi.Family family, boolean needsLeavers) {
    return new Kpi(
        id,
        id,
        "unit",
        Kpi.Direction.DOWN,
        family,
        needsLeavers,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  @Test
  void whoStaysCannotBeStudiedWhereTheRecordsForgotWhoLeft() {
    Dataset<Row> blocked = studies(0);
    assertThat(text(blocked, "kpi_id", "verdict", "reasons"))
        .isEqualTo(
            """
            rate | cant_tell | no_comparison
            tenure | cant_tell | needs_duration_design, leavers_missing
            turnover | cant_tell | leavers_missing""");
    assertThat(text(blocked.where("kpi_id = 'turnover'"), "diagnostics[0].message"))
        .contains(
            "fewer than half as many have training in lms", "Ask for one with inactive users");
  }

  @Test
  void withTheLeaversThereIsNothingToBlock() {
    assertThat(text(studies(10), "kpi_id", "reasons"))
        .isEqualTo(
            """
            rate | no_comparison
            tenure | needs_duration_design
            turnover | no_comparison""");
  }
}
