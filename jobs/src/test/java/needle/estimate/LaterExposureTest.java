package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * Three trials in a sequence. Values and errors: computed apart in Python, the weights for every
 * unit at every time, and the errors from the change of the whole estimate, the logistic regression
 * included, when all rows of one unit are weighed differently, by central differences.
 */
class LaterExposureTest extends SparkTest {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          "unit string, d int, x double, second double, third double, end double, event int,"
              + " last double, for_ever double, tenure double, `tenure=6-11` double, `tenure=12 or more` double");
  private static final List<String> COVARIATES = List.of("x", "second", "third");
  private static final List<LaterExposure.Trial> TRIALS =
      List.of(
          new LaterExposure.Trial("", 0, 15),
          new LaterExposure.Trial("second", 20, 40),
          new LaterExposure.Trial("third", 45, 65));
  private static final List<LaterExposure.Step> STEPS =
      List.of(
          new LaterExposure.Step(5, 0, 0.5),
          new LaterExposure.Step(12, 0, 1),
          new LaterExposure.Step(28, 1, 0.3),
          new LaterExposure.Step(37, 1, 1),
          new LaterExposure.Step(50, 2, 0.5),
          new LaterExposure.Step(61, 2, 1));

  private static Row row(int i) {
    int grade = i * 37 % 11;
    int trial = i * 7 % 3;
    int d = i * 53 % 17 + (grade > 5 ? 4 : 0) > 11 ? 1 : 0;
    int cause = i * 31 % 5;
    int tenure = i * 13 % 15;
    return RowFactory.create(
        "u" + i % 80,
        d,
        grade / 10.0,
        trial == 1 ? 1.0 : 0.0,
        trial == 2 ? 1.0 : 0.0,
        1.0 + i * 29 % 60,
        cause > 2 ? 0 : cause,
        i % 4 == 0 ? 30.0 : 1000.0,
        1000.0,
        (double) tenure,
        tenure >= 6 && tenure < 12 ? 1.0 : 0.0,
        tenure >= 12 ? 1.0 : 0.0);
  }

  private EffectEstimate found(
      Optional<DurationColumns.InSequence> inSequence,
      List<String> covariates,
      TenureClasses tenure) {
    Dataset<Row> rows =
        session().createDataFrame(IntStream.range(0, 240).mapToObj(i -> row(i)).toList(), COLUMNS);
    return new WeightedSurvival(
            new DurationColumns(Optional.empty(), "event", Optional.of(1), inSequence),
            covariates,
            true,
            1e-9,
            0.99,
            30,
            List.of(),
            new LaterExposure(TRIALS, STEPS, covariates, tenure))
        .estimate(rows, StudyDesign.of("unit", "end").exposed("d").build());
  }

  private static void agrees(EffectEstimate found, String term, double value, double error) {
    Effect effect =
        found.effects().stream().filter(e -> e.term().equals(term)).findFirst().orElseThrow();
    assertThat(effect.estimate()).isCloseTo(value, within(1e-9));
    assertThat(effect.stdError()).isCloseTo(error, within(1e-7));
  }

  @Test
  void whoIsLeftStandsForThoseWhoWereExposedMeanwhile() {
    Optional<DurationColumns.InSequence> always =
        Optional.of(new DurationColumns.InSequence("for_ever", "tenure"));
    EffectEstimate found = found(always, COVARIATES, TenureClasses.none());
    agrees(found, "exposed", 0.04548544789407, 0.02157826474178);
    agrees(found, "unexposed", 0.22294481742933, 0.05676697991331);
    agrees(found, "difference", -0.17745936953526, 0.04685445838021);
  }

  /**
   * A quarter of the rows cannot enter the third trial; some reach another class of tenure by it.
   */
  @Test
  void whoCannotBeExposedStandsForNobodyElseAndPeopleGrowOlder() {
    List<String> covariates = new ArrayList<>(COVARIATES);
    covariates.addAll(List.of("tenure=6-11", "tenure=12 or more"));
    EffectEstimate found =
        found(
            Optional.of(new DurationColumns.InSequence("last", "tenure")),
            covariates,
            TenureClasses.of(List.of(0, 6, 12), "tenure", covariates));
    agrees(found, "exposed", 0.04548544789407, 0.02157826474178);
    agrees(found, "unexposed", 0.23116060912703, 0.06061512769439);
    agrees(found, "difference", -0.18567516123296, 0.05037756392517);
  }
}
