package needle.estimate;

import static needle.estimate.HeterogeneityTest.SCHEMA;
import static needle.estimate.HeterogeneityTest.company;
import static needle.estimate.HeterogeneityTest.segment;
import static needle.estimate.HeterogeneityTest.who;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Differences between segments whose people are in the same teams, told in more ways than one. */
class SegmentsOfSharedTeamsTest extends SparkTest {
  /**
   * Segments that have a column of zero and one each for a modifier, and differ so much that fifths
   * by predicted effect are the same people: what is told three times comes out the same, although
   * teams are in all of them and share shocks.
   */
  @Test
  void differencesBetweenSegmentsAllowForTheTeamsThatTheyShare() {
    List<String> levels = List.of("l1", "l2", "l3", "l4");
    Dataset<Row> rows =
        session()
            .createDataFrame(company(5, 240, 0), SCHEMA)
            .selectExpr("unit", "team", "d", "unit % 5 as l", "y - d * right(job, 1) as plain")
            .selectExpr("*", "concat('l', l) as level", "plain + 2 * d * l as y")
            .selectExpr("*", "int(l = 1) l1", "int(l = 2) l2", "int(l = 3) l3", "int(l = 4) l4");
    EffectEstimate estimate =
        who(levels, List.of("level"), levels, null)
            .estimate(rows, StudyDesign.of("unit", "y").exposed("d").clusteredBy("team").build());
    Effect first = segment(estimate, "segment", "l0");
    Effect last = segment(estimate, "segment", "l4");
    Effect gap = estimate.find("coefficient", "l4").orElseThrow();
    assertThat(gap.estimate()).isCloseTo(last.estimate() - first.estimate(), within(1e-9));
    assertThat(gap.stdError()).isLessThan(0.8 * Math.hypot(first.stdError(), last.stdError()));
    Diagnostic equal = estimate.diagnostic("heterogeneity", "equal_level").orElseThrow();
    Diagnostic linear = estimate.diagnostic("heterogeneity", "linear_predictor").orElseThrow();
    assertThat(equal.value()).isCloseTo(linear.value(), withinPercentage(1e-6));
    assertThat(equal.pValue()).isCloseTo(linear.pValue(), withinPercentage(0.01));
    Diagnostic fifths = estimate.diagnostic("heterogeneity", "predicted_groups").orElseThrow();
    assertThat(fifths.value()).isCloseTo(gap.estimate(), within(1e-9));
    assertThat(fifths.pValue()).isPositive().isCloseTo(gap.pValue(), withinPercentage(0.01));
  }

  /**
   * Half of the teams have people in the second segment, so that its variance is scaled by more.
   * What both share follows from the modifier's error, which all teams scale.
   */
  @Test
  void whatSegmentsShareIsScaledByTheTeamsOfBoth() {
    Dataset<Row> rows =
        session()
            .createDataFrame(company(6, 60, 0), SCHEMA)
            .selectExpr("*", "int(site % 2 = 0 and unit % 2 = 0) late")
            .selectExpr("*", "if(late = 1, 'late', 'early') as shift");
    EffectEstimate estimate =
        who(List.of("late"), List.of("shift"), List.of("late"), null)
            .estimate(rows, StudyDesign.of("unit", "y").exposed("d").clusteredBy("team").build());
    Effect early = segment(estimate, "segment", "early");
    Effect late = segment(estimate, "segment", "late");
    Effect gap = estimate.find("coefficient", "late").orElseThrow();
    assertThat(List.of(early.clusters(), late.clusters())).containsExactly(60L, 30L);
    double shared =
        (variance(early) * 59 / 60 + variance(late) * 29 / 30 - variance(gap) * 59 / 60) / 2;
    double scaled = shared * Math.sqrt(60 / 59.0 * 30 / 29);
    assertThat(scaled).isGreaterThan(0.1 * variance(late));
    double wald = gap.estimate() * gap.estimate() / (variance(early) + variance(late) - 2 * scaled);
    assertThat(estimate.diagnosticValue("heterogeneity", "equal_shift").orElseThrow())
        .isCloseTo(wald, withinPercentage(1e-6));
  }

  /** A third of the teams is at the modifier's mean, and tells as much of its slope as others. */
  @Test
  void aSlopeRestsOnThoseAtTheMeanToo() {
    Dataset<Row> rows =
        session()
            .createDataFrame(company(7, 60, 0), SCHEMA)
            .selectExpr("unit", "team", "y", "d", "job", "site % 3 - 1 as rank");
    EffectEstimate estimate =
        who(List.of("rank"), List.of("job"), List.of("rank"), null)
            .estimate(rows, StudyDesign.of("unit", "y").exposed("d").clusteredBy("team").build());
    Effect slope = estimate.find("coefficient", "rank").orElseThrow();
    assertThat(slope.treated() + slope.control()).isEqualTo(600);
    assertThat(slope.clusters()).isEqualTo(60);
    // t of 59, by scipy 1.17.1.
    Intervals.ofStudent(slope, 59, 2.0009953780883);
  }

  private static double variance(Effect effect) {
    return effect.stdError() * effect.stdError();
  }
}
