package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.VerdictRule.Verdict;
import needle.kit.Kpi.Direction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** Panels in which hardly anything happens, of which an error knows too little. */
class SparseOutcomesTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, period int, y double, first int, team string");

  private static final int PERIODS = 4;
  private static final int FIRST = 3;
  private static final int TREATED = 60;
  private static final int UNITS = 660;

  /** An event for each of the first treated units, in its periods from so many on. */
  private static List<Row> incidents(int units, int from, double usual) {
    Random random = new Random(7);
    List<Row> rows = new ArrayList<>();
    for (int unit = 0; unit < UNITS; unit++) {
      boolean isTreated = unit < TREATED;
      for (int t = 1; t <= PERIODS; t++) {
        boolean happens = isTreated ? unit < units && t == from : random.nextDouble() < 0.03;
        rows.add(
            RowFactory.create(
                unit,
                t,
                happens ? 1 - usual : usual,
                isTreated ? FIRST : null,
                "team" + unit / (isTreated ? 3 : 6)));
      }
    }
    return rows;
  }

  private EffectEstimate estimate(EffectEstimator estimator, List<Row> rows) {
    return estimator.estimate(
        session().createDataFrame(rows, SCHEMA),
        StudyDesign.of("unit", "period", "y").adopted("first").clusteredBy("team").build());
  }

  private static Optional<Diagnostic> events(EffectEstimate estimate, String side) {
    return estimate.diagnostic("events", side);
  }

  @Test
  void nothingHappenedIsNotNoEffect() {
    for (EffectEstimator estimator :
        List.<EffectEstimator>of(new StaggeredDid(), new ImputationDid(), new SunAbraham())) {
      EffectEstimate found = estimate(estimator, incidents(12, 1, 0));
      Diagnostic treated = events(found, "treated").orElseThrow();
      assertThat(treated.value()).isZero();
      assertThat(treated.status()).isEqualTo(Status.FAIL);
      assertThat(events(found, "control")).isEmpty();
      Verdict verdict = VerdictRule.judge(found, 1, 0.01, Direction.DOWN, 1.0);
      assertThat(verdict.outcome()).isEqualTo(VerdictRule.Outcome.CANT_TELL);
      assertThat(verdict.reasons()).contains("events");
    }
  }

  @Test
  void whatHappensFromTheBaseOnCounts() {
    Object[][] cases = {{9, Status.FAIL}, {10, Status.WARNING}, {19, Status.WARNING}};
    for (Object[] one : cases) {
      int units = (int) one[0];
      // In the base period; in one after treatment; of an outcome that nearly always is 1.
      for (List<Row> rows :
          List.of(
              incidents(units, 2, 0), incidents(units, PERIODS, 0), incidents(units, PERIODS, 1))) {
        Diagnostic found = events(estimate(new StaggeredDid(), rows), "treated").orElseThrow();
        assertThat(found.value()).isEqualTo(units);
        assertThat(found.status()).isEqualTo(one[1]);
      }
    }
    EffectEstimate enough = estimate(new StaggeredDid(), incidents(20, PERIODS, 0));
    assertThat(events(enough, "treated")).isEmpty();
  }

  @Test
  void fewEventsAmongControlsCountToo() {
    // The treated and the controls change places.
    List<Row> rows =
        incidents(5, PERIODS, 0).stream()
            .map(
                r ->
                    RowFactory.create(
                        r.get(0), r.get(1), r.get(2), r.isNullAt(3) ? FIRST : null, r.get(4)))
            .toList();
    Diagnostic found = events(estimate(new StaggeredDid(), rows), "control").orElseThrow();
    assertThat(found.value()).isEqualTo(5);
    assertThat(found.status()).isEqualTo(Status.FAIL);
  }

  @Test
  void aSideThatChangesAlikeTellsNoError() {
    Random random = new Random(8);
    List<Row> rows =
        incidents(0, 1, 0).stream()
            .map(
                r -> {
                  double level = r.isNullAt(3) ? random.nextGaussian() : r.getInt(0);
                  return RowFactory.create(
                      r.get(0), r.get(1), level + 2 * r.getInt(1), r.get(3), r.get(4));
                })
            .toList();
    EffectEstimate found = estimate(new StaggeredDid(), rows);
    assertThat(events(found, "treated").orElseThrow().status()).isEqualTo(Status.FAIL);
    assertThat(events(found, "treated").orElseThrow().message()).contains("changed alike");
    assertThat(events(found, "control")).isEmpty();
  }

  private EffectEstimate drawnAnew(double spreadOfTreated) {
    Random random = new Random(9);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < UNITS * PERIODS; i++) {
      boolean isTreated = i % 4 == 0;
      double y = (isTreated ? spreadOfTreated : 1) * random.nextGaussian();
      int t = 1 + i / UNITS;
      rows.add(RowFactory.create(i, t, y, isTreated ? FIRST : null, "team" + i % 40));
    }
    return new StaggeredDid()
        .estimate(
            session().createDataFrame(rows, SCHEMA),
            StudyDesign.of("unit", "period", "y")
                .adopted("first")
                .clusteredBy("team")
                .drawnBy(new Sampling(Optional.empty(), Sampling.Units.DRAWN_ANEW))
                .build());
  }

  @Test
  void whoIsDrawnAnewHasNoChangeOfTheirOwn() {
    EffectEstimate found = drawnAnew(1);
    assertThat(events(found, "treated")).isEmpty();
    assertThat(events(found, "control")).isEmpty();
    Diagnostic alike = events(drawnAnew(0), "treated").orElseThrow();
    assertThat(alike.status()).isEqualTo(Status.FAIL);
    assertThat(alike.message()).contains("All of the treated are alike");
  }
}
