package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import needle.SparkTest;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Covariates that treatment may have changed are found by what they do after it. */
class PostTreatmentCovariatesTest extends SparkTest {
  private static final StructType ROWS =
      new StructType()
          .add("person", "string")
          .add("month", "int")
          .add("trained", "int")
          .add("x", "double");

  /** People with a row per character: of their treatment, and of the covariate's value. */
  private Dataset<Row> people(String... treatedAndValues) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < treatedAndValues.length; i++) {
      String[] both = treatedAndValues[i].split("/");
      for (int t = 0; t < both[0].length(); t++) {
        int value = Character.digit(both[1].charAt(t), 10);
        Double x = value < 0 ? null : (double) value;
        int treated = Character.digit(both[0].charAt(t), 10);
        rows.add(RowFactory.create("p" + i, t, treated < 0 ? null : treated, x));
      }
    }
    return session().createDataFrame(rows, ROWS).repartition(3);
  }

  private static void require(Dataset<Row> panel) {
    new PostTreatmentCovariates("month", List.of("x")).require(panel, "person", "trained");
  }

  @ParameterizedTest
  @CsvSource({
    "0011/1123,2", // after the first treated row, and in it
    "0011/1122,1", // in it
    "1111/1112,1", // treated from the beginning
    "0010/1112,1", // after treatment has ended
    "0031/1112,1", // doses
    "0011/12.3,1", // over a gap
  })
  void whatChangesFromTreatmentOnIsRefused(String person, int changes) {
    assertThatThrownBy(() -> require(people(person, "0000/5555")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The covariate x may have been changed by the treatment")
        .hasMessageContaining("in " + changes + " rows from")
        .hasMessageContaining("measured: before");
  }

  @ParameterizedTest
  @CsvSource({
    "0000/1234,5555", // never treated
    "0011/1222,5555", // before treatment
    "0011/1111,5678", // others change
    "0011/1.1.,5555", // unknown, and then the same
    "0011/1234,1234", // the same for everybody
    "..11/1222,5555", // nothing known of treatment before
  })
  void whatTreatmentCannotHaveChangedIsFree(String person, String other) {
    assertThatCode(() -> require(people(person, "0000/" + other))).doesNotThrowAnyException();
  }

  @Test
  void everyCovariateThatChangesIsNamed() {
    Dataset<Row> panel =
        people("0011/1123", "0000/5555")
            .selectExpr("*", "x * 2 as twice", "month as time", "1.0 as one");
    PostTreatmentCovariates covariates =
        new PostTreatmentCovariates("month", List.of("one", "time", "x", "twice"));
    assertThatThrownBy(() -> covariates.require(panel, "person", "trained"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has 2 faults")
        .hasMessageContaining("The covariate x may")
        .hasMessageContaining("The covariate twice may");
  }

  /**
   * Training adds 1 to sales, all of it by way of more calls. Adjusted for calls, nothing is left.
   */
  @Test
  void aBadControlWouldHideTheEffect() {
    Random random = new Random(4);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      double usual = random.nextGaussian();
      for (int t = 0; t < 4; t++) {
        int trained = i % 2 == 1 && t > 1 ? 1 : 0;
        double calls = usual + trained + 0.3 * random.nextGaussian();
        rows.add(
            RowFactory.create(
                "p" + i, t, trained, usual, calls, calls + 0.3 * random.nextGaussian()));
      }
    }
    Dataset<Row> panel =
        session()
            .createDataFrame(
                rows,
                StructType.fromDDL(
                    "person string, month int, trained int, usual double, calls double, y double"));
    StudyDesign design = StudyDesign.of("person", "y").exposed("trained").build();
    EffectEstimate honest = model(List.of("usual")).estimate(panel, design);
    assertThat(honest.headline().estimate()).isCloseTo(1, within(4 * honest.headline().stdError()));
    assertThatThrownBy(() -> model(List.of("calls")).estimate(panel, design))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The covariate calls may have been changed");
    EffectEstimate hidden =
        new GeneralizedLinearModel(OutcomeFamily.GAUSSIAN, List.of("calls"), Optional.empty())
            .estimate(panel, design);
    assertThat(hidden.headline().estimate()).isCloseTo(0, within(0.1));
  }

  private static GeneralizedLinearModel model(List<String> covariates) {
    return new GeneralizedLinearModel(
        OutcomeFamily.GAUSSIAN,
        covariates,
        Optional.empty(),
        Optional.of(new PostTreatmentCovariates("month", covariates)));
  }

  @Test
  void theOrderOfTheRowsHasToBeKnown() {
    Dataset<Row> panel =
        people(
                IntStream.range(0, 20)
                    .mapToObj(i -> "0011/" + 1 + i % 7 + "23")
                    .toArray(String[]::new))
            .selectExpr("person", "trained", "x", "cast(x as int) as y");
    StudyDesign design = StudyDesign.of("person", "y").exposed("trained").build();
    assertThatThrownBy(() -> model(List.of("x")).estimate(panel, design))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The panel has no column month");
  }
}
