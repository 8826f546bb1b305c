package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/** A difference in means of who was not drawn by lot. */
class BalanceByLotTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "unit int, team string, y double, treated int, x double, z double, flat double, told double");

  /** Teams that are treated as wholes; x moves with the treatment and, if so, with the team. */
  private Dataset<Row> people(int people, double gap, double ofTeam) {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < people / 10; team++) {
      double shared = ofTeam * random.nextGaussian();
      for (int i = 0; i < 10; i++) {
        int treated = team % 2;
        double x = gap * treated + shared + random.nextGaussian();
        rows.add(
            RowFactory.create(
                10 * team + i,
                "team" + team,
                x + random.nextGaussian(),
                treated,
                x,
                random.nextGaussian(),
                0.1,
                (double) treated));
      }
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "y").exposed("treated");
  }

  private static EffectEstimate means(
      Dataset<Row> people, StudyDesign.Draft design, String... covariates) {
    return new TriedEstimator(
            new OrdinaryLeastSquares("difference_in_means", List.of()),
            List.of(new BalanceByLot(List.of(covariates))))
        .estimate(people, design.build());
  }

  private static Diagnostic balance(EffectEstimate estimate) {
    return estimate.diagnostic("balance", "largest_standardised_difference").orElseThrow();
  }

  @Test
  void aClearDifferenceThatChanceDoesNotExplainFails() {
    EffectEstimate found = means(people(2000, 0.5, 0), design(), "z", "x", "flat");
    Diagnostic balance = balance(found);
    assertThat(balance.status()).isEqualTo(Status.FAIL);
    assertThat(balance.value()).isCloseTo(0.5, within(0.12));
    assertThat(balance.message()).contains("differ in x");
    assertThat(found.diagnostic("unconfoundedness", "assumed").orElseThrow().message())
        .contains("drawn by lot");
    assertThat(balance(means(people(2000, 0, 0), design(), "z", "x", "flat")).status())
        .isEqualTo(Status.PASS);
    assertThat(balance(means(people(2000, 0, 0), design(), "flat")).value()).isZero();
  }

  @Test
  void aCovariateThatIsTheTreatmentFails() {
    Diagnostic told = balance(means(people(200, 0, 0), design(), "x", "told"));
    assertThat(told.status()).isEqualTo(Status.FAIL);
    assertThat(told.message()).contains("told");
  }

  @Test
  void itsErrorIsThatOfADifferenceInMeans() {
    // In 30 people half a standard deviation is chance; of teams, so is more than that.
    Dataset<Row> few = people(30, 0.25, 0);
    Dataset<Row> teams = people(200, 0, 2);
    for (boolean isOfTeams : new boolean[] {false, true}) {
      StudyDesign.Draft design = isOfTeams ? design().clusteredBy("team") : design();
      Dataset<Row> people = isOfTeams ? teams : few;
      Diagnostic found = balance(means(people, design, "x"));
      StudyDesign.Draft ofCovariate = StudyDesign.of("unit", "x").exposed("treated");
      double p =
          new OrdinaryLeastSquares("difference_in_means", List.of())
              .estimate(people, (isOfTeams ? ofCovariate.clusteredBy("team") : ofCovariate).build())
              .headline()
              .pValue();
      assertThat(found.pValue()).isCloseTo(p, within(1e-9));
      assertThat(found.value()).isGreaterThan(0.1);
      assertThat(found.status()).isNotEqualTo(Status.FAIL);
      // Twice as many covariates, twice the chance.
      assertThat(balance(means(people, design, "x", "flat")).pValue())
          .isCloseTo(Math.min(1, 2 * p), within(1e-9));
    }
    // As if everybody had been drawn alone.
    assertThat(balance(means(teams, design(), "x")).status()).isEqualTo(Status.FAIL);
  }
}
