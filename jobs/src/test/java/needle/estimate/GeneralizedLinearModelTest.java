package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * Generalised linear models. Figures are those of statsmodels 0.15.0 (GLM with errors clustered by
 * person or by school; the average marginal effect by the delta method from its covariance, for a
 * binary outcome equal to Logit.get_margeff) on the National Supported Work experiment, with counts
 * added by a rule.
 */
class GeneralizedLinearModelTest extends SparkTest {
  private static final List<String> COVARIATES =
      List.of("age", "educ", "black", "hisp", "marr", "nodegree", "re74", "re75");
  private static final List<String> WITHOUT_AGE = COVARIATES.subList(1, COVARIATES.size());

  private Dataset<Row> persons() {
    return TrainingExperiment.persons(session())
        .selectExpr(
            "*",
            "educ as school",
            "cast(re78 > 0 as int) as works",
            "1 + person * 7 % 5 as trials",
            "0.5 + person * 11 % 13 as hours",
            "100 + re78 as amount")
        .selectExpr("*", "least(trials, person * 3 % 4 * works + treat * (person % 2)) as wins");
  }

  private static GeneralizedLinearModel model(OutcomeFamily family, String size) {
    return new GeneralizedLinearModel(family, COVARIATES, Optional.ofNullable(size));
  }

  private static StudyDesign.Draft of(String outcome) {
    return StudyDesign.of("person", outcome).exposed("treat");
  }

  private static void agrees(
      EffectEstimate estimate, double effect, double error, double slope, double slopeError) {
    agrees(estimate.headline(), effect, error);
    agrees(estimate.effects().get(1), slope, slopeError);
    assertThat(estimate.effects().get(1).aggregation()).isEqualTo("coefficient");
  }

  private static void agrees(Effect found, double estimate, double error) {
    assertThat(found.estimate()).isCloseTo(estimate, within(1e-6 * Math.abs(estimate)));
    assertThat(found.stdError()).isCloseTo(error, within(1e-6 * error));
  }

  private void agreesByPersonAndBySchool(
      GeneralizedLinearModel model, String outcome, double[] figures) {
    EffectEstimate byPerson = model.estimate(persons(), of(outcome).build());
    agrees(byPerson, figures[0], figures[1], figures[2], figures[3]);
    assertThat(byPerson.headline().term()).isEqualTo("ate");
    EffectEstimate bySchool = model.estimate(persons(), of(outcome).clusteredBy("school").build());
    agrees(bySchool, figures[0], figures[4], figures[2], figures[5]);
    assertThat(bySchool.headline().clusters()).isEqualTo(14);
    assertThat(bySchool.degreesOfFreedom()).isEqualTo(13);
  }

  @Test
  void anOutcomeOfZeroAndOne() {
    agreesByPersonAndBySchool(
        model(OutcomeFamily.BINOMIAL, null),
        "works",
        new double[] {
          0.10893077166423393,
          0.04389006908254055,
          0.5426147430095676,
          0.2240773873444353,
          0.044081553839628564,
          0.22944686775310433
        });
  }

  @Test
  void successesAmongTrials() {
    GeneralizedLinearModel model = model(OutcomeFamily.BINOMIAL, "trials");
    agreesByPersonAndBySchool(
        model,
        "wins",
        new double[] {
          0.1721309255002643,
          0.03632757724583519,
          0.7623042161863167,
          0.16198014508597877,
          0.02877638364145905,
          0.12036445495155414
        });
    assertThat(
            model
                .estimate(persons(), of("wins").build())
                .diagnosticValue("dispersion", "pearson")
                .orElseThrow())
        .isCloseTo(1.8268231318307175, within(1e-6));
  }

  @Test
  void countsOverAnExposure() {
    agreesByPersonAndBySchool(
        model(OutcomeFamily.POISSON, "hours"),
        "wins",
        new double[] {
          0.08141055434385526,
          0.020092269457850975,
          0.49828180832158375,
          0.11930689029022831,
          0.014039405825555257,
          0.07827969225636416
        });
  }

  @Test
  void amountsAboveZero() {
    agreesByPersonAndBySchool(
        model(OutcomeFamily.GAMMA, null),
        "amount",
        new double[] {
          1723.4277832719567,
          699.9134925221537,
          0.31354398216941803,
          0.12131400501088617,
          555.0658782165671,
          0.10177418205299085
        });
  }

  @Test
  void ofAnyNumberItIsLeastSquares() {
    agreesByPersonAndBySchool(
        model(OutcomeFamily.GAUSSIAN, null),
        "re78",
        new double[] {
          1676.3426254030874,
          676.733697478697,
          1676.3426254030874,
          676.733697478697,
          575.2486202529393,
          575.2486202529393
        });
  }

  private Estimand ofCoefficient(OutcomeFamily family, String outcome) {
    return model(family, null)
        .estimate(persons(), of(outcome).build())
        .find("coefficient", "treat")
        .orElseThrow()
        .estimand();
  }

  @Test
  void aCoefficientIsOnTheScaleOfItsLink() {
    assertThat(ofCoefficient(OutcomeFamily.GAUSSIAN, "re78")).isEqualTo(Estimand.SLOPE);
    assertThat(ofCoefficient(OutcomeFamily.BINOMIAL, "works")).isEqualTo(Estimand.LOG_ODDS_RATIO);
    assertThat(ofCoefficient(OutcomeFamily.POISSON, "wins")).isEqualTo(Estimand.LOG_RATE_RATIO);
    assertThat(ofCoefficient(OutcomeFamily.GAMMA, "amount")).isEqualTo(Estimand.LOG_MEAN_RATIO);
  }

  @Test
  void aDoseHasItsAverageSlope() {
    StudyDesign.Dose age = new StudyDesign.Dose("age");
    EffectEstimate binomial =
        new GeneralizedLinearModel(OutcomeFamily.BINOMIAL, WITHOUT_AGE, Optional.empty())
            .estimate(persons(), StudyDesign.of("person", "works").treatedBy(age).build());
    assertThat(binomial.headline().term()).isEqualTo("average_slope");
    assertThat(binomial.headline().estimand()).isEqualTo(Estimand.AVERAGE_SLOPE);
    agrees(
        binomial,
        -0.0005062007739954873,
        0.0031685090501617215,
        -0.0024630625878024523,
        0.01541552792291517);
    agrees(
        new GeneralizedLinearModel(OutcomeFamily.POISSON, WITHOUT_AGE, Optional.of("hours"))
            .estimate(persons(), StudyDesign.of("person", "wins").treatedBy(age).build()),
        -0.0012137361621018655,
        0.00136006598878346,
        -0.007573452632986163,
        0.008467946770543756);
    agrees(
        new GeneralizedLinearModel(OutcomeFamily.GAMMA, WITHOUT_AGE, Optional.empty())
            .estimate(persons(), StudyDesign.of("person", "amount").treatedBy(age).build()),
        60.510893469201164,
        41.676319014273524,
        0.011208034600110878,
        0.007609866205730151);
  }

  /** Every person in two rows: as many clusters and units as before, and no smaller errors. */
  @Test
  void unitsOfAPanelCountOnce() {
    GeneralizedLinearModel model = model(OutcomeFamily.BINOMIAL, null);
    EffectEstimate once = model.estimate(persons(), of("works").build());
    EffectEstimate twice = model.estimate(persons().union(persons()), of("works").build());
    assertThat(twice.headline().clusters()).isEqualTo(445);
    assertThat(twice.degreesOfFreedom()).isEqualTo(444);
    double factor = Math.sqrt(445.0 / 444 * 889 / 880 / (445.0 / 435));
    assertThat(twice.headline().stdError())
        .isCloseTo(factor * once.headline().stdError(), within(1e-9));
    assertThat(twice.diagnosticValue("units", "treated")).hasValue(185);
    assertThat(twice.diagnosticValue("units", "control")).hasValue(260);
    assertThat(twice.diagnosticValue("clusters", "treated")).hasValue(185);
    assertThat(twice.diagnosticValue("clusters", "control")).hasValue(260);
  }

  @Test
  void fewEventsFail() {
    Dataset<Row> rare = persons().selectExpr("*", "cast(re78 > 15000 as int) as rich");
    EffectEstimate estimate =
        model(OutcomeFamily.BINOMIAL, null)
            .estimate(
                rare.where("treat = 1 or re78 < 15000 or person % 4 = 0"), of("rich").build());
    assertThat(estimate.diagnostic("events", "untreated").orElseThrow().status())
        .isEqualTo(Status.FAIL);
    assertThat(estimate.diagnostic("events", "treated").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  /** Counted by SQL. */
  @Test
  void whereNearlyAllSucceedTheFailuresAreCounted() {
    Dataset<Row> often =
        persons().selectExpr("*", "cast(re78 < 15000 as int) as poor", "trials - wins as lost");
    for (String outcome : List.of("poor", "lost")) {
      boolean isOfTrials = outcome.equals("lost");
      EffectEstimate estimate =
          model(OutcomeFamily.BINOMIAL, isOfTrials ? "trials" : null)
              .estimate(often, of(outcome).build());
      String size = isOfTrials ? "trials" : "1";
      for (int side = 0; side < 2; side++) {
        Row counted =
            often
                .where("treat = " + side)
                .selectExpr("sum(" + outcome + ") as y", "sum(" + size + ") as n")
                .first();
        long failures = counted.getLong(1) - counted.getLong(0);
        assertThat(failures).isLessThan(counted.getLong(0));
        assertThat(estimate.diagnosticValue("events", side == 1 ? "treated" : "untreated"))
            .hasValue((double) failures);
      }
    }
  }

  private void refused(String with, OutcomeFamily family, String size, String outcome) {
    assertThatThrownBy(() -> model(family, size).estimate(persons(), of(outcome).build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(with);
  }

  @Test
  void outcomesThatAFamilyCannotHaveAreRefused() {
    refused("outcome that is not binomial", OutcomeFamily.BINOMIAL, null, "wins");
    refused("outcome that is not binomial", OutcomeFamily.BINOMIAL, "works", "wins");
    refused("outcome that is not gamma", OutcomeFamily.GAMMA, null, "re78");
    refused("size that is zero or negative", OutcomeFamily.POISSON, "works", "wins");
    assertThatThrownBy(
            () ->
                model(OutcomeFamily.POISSON, null)
                    .estimate(persons().selectExpr("*", "-works as owed"), of("owed").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("never below zero");
    assertThatThrownBy(() -> model(OutcomeFamily.GAMMA, "hours"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has no size");
    for (OutcomeFamily family : List.of(OutcomeFamily.BINOMIAL, OutcomeFamily.POISSON)) {
      assertThatThrownBy(
              () ->
                  model(family, null)
                      .estimate(persons().selectExpr("*", "0 as nothing"), of("nothing").build()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("nothing does not vary");
    }
  }

  @Test
  void separationCollinearityAndTooFewRowsAreRefused() {
    for (OutcomeFamily family : List.of(OutcomeFamily.BINOMIAL, OutcomeFamily.POISSON)) {
      assertThatThrownBy(
              () ->
                  new GeneralizedLinearModel(family, List.of("educ", "idle"), Optional.empty())
                      .estimate(
                          persons().selectExpr("*", "cast(re78 <= 0 as int) as idle"),
                          of("works").build()))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining("does not settle")
          .hasMessageContaining("the coefficients of idle become");
    }
    assertThatThrownBy(
            () ->
                new GeneralizedLinearModel(
                        OutcomeFamily.GAMMA, List.of("age", "age2"), Optional.empty())
                    .estimate(persons().selectExpr("*", "2 * age as age2"), of("amount").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be told apart");
    assertThatThrownBy(
            () ->
                new GeneralizedLinearModel(OutcomeFamily.GAMMA, List.of("age"), Optional.empty())
                    .estimate(persons().where("person in (1, 2, 186)"), of("amount").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("too few rows");
  }

  @Test
  void theLayoutDoesNotMatterToTheLastBit() {
    GeneralizedLinearModel model = model(OutcomeFamily.BINOMIAL, "trials");
    assertThat(
            model.estimate(
                persons().repartition(7).sortWithinPartitions("re78"), of("wins").build()))
        .isEqualTo(model.estimate(persons().coalesce(1), of("wins").build()));
  }
}
