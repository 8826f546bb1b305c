package needle.estimate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import needle.SparkTest;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Faults of a panel are told with how many rows have them, and with one that can be found. */
class UnitFaultsTest extends SparkTest {
  private static final StudyDesign DESIGN =
      StudyDesign.of("unit", "period", "y").adopted("first").build();

  private Dataset<Row> panel() {
    return session()
        .sql(
            "select unit, period, double(unit % 7 + period) as y, if(unit < 4, 3, null) as first"
                + " from (select explode(sequence(0, 9)) as unit)"
                + " lateral view explode(sequence(1, 5)) as period");
  }

  private static void refused(Dataset<Row> panel, String message) {
    assertThatThrownBy(() -> new StaggeredDid().estimate(panel, DESIGN))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(message);
  }

  @Test
  void rowsThatRepeatAPeriodAreCounted() {
    Dataset<Row> twice = panel().where("unit = 2 and period in (2, 4)");
    refused(panel().union(twice), "2 rows repeat a unit and period");
    refused(panel().union(twice), "for example 2 in period 2");
    refused(panel().union(twice).union(twice), "4 rows repeat a unit and period");
  }

  @Test
  void outcomesThatAreNoNumbersAreCounted() {
    Dataset<Row> broken =
        panel()
            .selectExpr(
                "unit",
                "period",
                "if(unit = 7 and period > 2, double('infinity'), y) as y",
                "first");
    refused(broken, "3 rows have an outcome that is NaN or infinite");
    refused(broken, "for example 7 in period 3");
  }

  @Test
  void aUnitThatMovesIsOneUnitWhereverItsClustersFall() {
    StudyDesign byTeam =
        StudyDesign.of("unit", "period", "y").adopted("first").clusteredBy("team").build();
    // Ten units between forty teams: most pairs are in different buckets.
    Dataset<Row> moving =
        panel().selectExpr("*", "concat('t', unit + if(period > 3, 20, 0)) as team");
    assertThatThrownBy(() -> new StaggeredDid().estimate(moving, byTeam))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("10 units change their cluster");
    Dataset<Row> lost = panel().selectExpr("*", "if(period > 3, null, concat('t', unit)) as team");
    assertThatThrownBy(() -> new StaggeredDid().estimate(lost, byTeam))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("10 rows have no cluster");
  }

  @Test
  void periodsThatAreNotWholeAreCounted() {
    Dataset<Row> halves =
        panel().selectExpr("unit", "if(unit = 1, period + 0.5, period) as period", "y", "first");
    refused(halves, "5 rows have no whole-numbered period");
  }
}
