package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class DoseResponseTest extends SparkTest {
  private static final StructType PERSONS =
      StructType.fromDDL(
          "person string, team string, fold int, y double, hours double, x1 double, x2 double");
  private static final List<String> COVARIATES = List.of("x1", "x2");
  private static final List<Double> GRID = List.of(3.0, 6.0, 9.0);

  private static DoseResponse curve(List<String> covariates, List<Double> doses) {
    return new DoseResponse(covariates, Optional.of("fold"), 5, 0.01, 0.99, doses, 5);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("person", "y").treatedBy(new StudyDesign.Dose("hours"));
  }

  private static double fraction(int i, double of) {
    return i * of % 1;
  }

  /** Numbers that anybody can make again. */
  private Dataset<Row> persons(boolean hasUntrained) {
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i <= 600; i++) {
      double x1 = 2 * fraction(i, 0.6180339887498949) - 1;
      double x2 = 2 * fraction(i, 0.4142135623730951) - 1;
      double u = fraction(i, 0.2360679774997898);
      boolean isTrained = !hasUntrained || fraction(i, 0.7320508075688772) < 0.5 + 0.2 * x1;
      double hours = isTrained ? Math.max(4 + 3 * x1 + x2 + 6 * u * u, 0.25) : 0;
      double y = 2 * x1 + x2 + Math.sqrt(hours) + 2 * fraction(i, 0.6457513110645906) - 1;
      rows.add(RowFactory.create("p" + i, "t" + i % 40, i % 5, y, hours, x1, x2));
    }
    return session().createDataFrame(rows, PERSONS);
  }

  private static void agrees(EffectEstimate estimate, double[] effects, double[] errors) {
    assertThat(estimate.effects()).hasSize(effects.length);
    for (int i = 0; i < effects.length; i++) {
      Effect effect = estimate.effects().get(i);
      assertThat(effect.estimate()).isCloseTo(effects[i], within(1e-7 * Math.abs(effects[i])));
      assertThat(effect.stdError()).isCloseTo(errors[i], within(1e-7 * errors[i]));
    }
  }

  /**
   * The same formulas in numpy 2.4.6, with the regressions of statsmodels 0.15.0: the average over
   * the trained's doses, the slope, and 3, 6 and 9 hours.
   */
  @Test
  void aSecondComputationAgrees() {
    double[] effects = {
      2.507509770834382,
      0.18632897796067283,
      1.7910360195819552,
      2.4485154592408165,
      3.0260088931115883
    };
    EffectEstimate found = curve(COVARIATES, GRID).estimate(persons(true), design().build());
    agrees(
        found,
        effects,
        new double[] {
          0.08214145295995341,
          0.024832412248212695,
          0.05169699389761944,
          0.0874832511093735,
          0.275304846704203
        });
    assertThat(found.effects())
        .extracting(Effect::term)
        .containsExactly("average", "slope", "dose_3", "dose_6", "dose_9");
    assertThat(found.effects().get(3).dose()).contains(6.0);
    assertThat(found.headline()).isEqualTo(found.effects().get(0));
    assertThat(found.headline().treated()).isEqualTo(303);
    assertThat(found.diagnosticValue("dose_density", "mean_weight").orElseThrow())
        .isCloseTo(0.8501791813885852, within(1e-9));
    // More than 0.1 from one, and less than 0.25.
    assertThat(found.diagnostic("dose_density", "mean_weight").orElseThrow().status())
        .isEqualTo(Status.WARNING);
    assertThat(found.diagnosticValue("overlap", "effective_units_at_a_dose")).hasValue(30);
    assertThat(found.diagnosticValue("overlap", "largest_share_of_one_unit").orElseThrow())
        .isCloseTo(0.07083437158974505, within(1e-9));
    assertThat(found.diagnostic("curvature", "bends").orElseThrow().pValue())
        .isCloseTo(0.0008433694734391281, within(1e-9));
    EffectEstimate teams =
        curve(COVARIATES, GRID).estimate(persons(true), design().clusteredBy("team").build());
    agrees(
        teams,
        effects,
        new double[] {
          0.0743985711397126,
          0.024192046162398173,
          0.05614271632726864,
          0.08824642440997776,
          0.26429162694363556
        });
    assertThat(teams.degreesOfFreedom()).isEqualTo(39);
    Intervals.ofStudent(teams.headline(), 39, 2.0226909200367);
    for (Effect effect : teams.effects().subList(2, 5)) {
      // Beyond the interval, and within Bonferroni's.
      double reach = (effect.bandHigh() - effect.estimate()) / effect.stdError();
      assertThat(reach).isBetween(Quantiles.quantile(39, 0.975), Quantiles.quantile(39, 0.992));
    }
  }

  /** Without covariates: OLS of statsmodels 0.15.0 on the same basis, with HC0, and clustered. */
  @Test
  void withoutCovariatesItIsARegressionOnTheSpline() {
    EffectEstimate found = curve(List.of(), GRID).estimate(persons(true), design().build());
    agrees(
        found,
        new double[] {
          3.0520359826032126,
          0.5242616356966664,
          0.8363683982737015,
          3.3786960017753627,
          3.9358832683570304
        },
        new double[] {
          0.1344022928044481,
          0.024905948251522217,
          0.11556932723311526,
          0.12386247861083767,
          0.14202068027837014
        });
    // At nine hours: how residuals of numpy's regression on the same basis weigh there.
    assertThat(found.diagnosticValue("overlap", "effective_units_at_a_dose")).hasValue(144);
    assertThat(found.diagnosticValue("overlap", "units_behind_the_error_at_a_dose")).hasValue(90);
    assertThat(found.diagnosticValue("overlap", "largest_share_of_one_unit").orElseThrow())
        .isCloseTo(0.010362687350589952, within(1e-9));
    EffectEstimate teams =
        curve(List.of(), GRID).estimate(persons(true), design().clusteredBy("team").build());
    double[] errors = {0.1452024223786139, 0.16859044054396768, 0.13534595121770057};
    for (int i = 0; i < 3; i++) {
      assertThat(teams.effects().get(i + 2).stdError())
          .isCloseTo(errors[i], within(1e-7 * errors[i]));
    }
  }

  @Test
  void whereEverybodyWasTrainedTheLowestDoseIsComparedWith() {
    EffectEstimate found = curve(COVARIATES, GRID).estimate(persons(false), design().build());
    agrees(
        found,
        new double[] {
          0.5991877248572108, 0.2120264879731723, 0.7219152854195405, 1.129330369417373
        },
        new double[] {
          0.040267897786535826, 0.006389555849740584, 0.06304458123798362, 0.10422520855809339
        });
    assertThat(found.diagnostic("direction", "share_of_rises").orElseThrow().message())
        .contains("against a dose of 3", "not what one more hour does for one");
    // Doses within bounds are not normal.
    assertThat(found.diagnostic("dose_density", "mean_weight").orElseThrow().status())
        .isEqualTo(Status.FAIL);
  }

  @Test
  void theLayoutDoesNotMatterToTheLastBit() {
    DoseResponse curve =
        new DoseResponse(COVARIATES, Optional.empty(), 5, 0.01, 0.99, List.of(), 5);
    StudyDesign design = design().clusteredBy("team").build();
    EffectEstimate one = curve.estimate(persons(true).coalesce(1), design);
    assertThat(one.effects()).hasSize(11);
    assertThat(curve.estimate(persons(true).repartition(7).sortWithinPartitions("y"), design))
        .isEqualTo(one);
  }

  private enum Wrong {
    NOTHING,
    OUTCOME,
    DOSE
  }

  private static final DoubleUnaryOperator TRUTH = hours -> 3 * (1 - Math.exp(-hours / 8));

  /** Who is better off by the covariates is trained more; the curve flattens. */
  private Dataset<Row> simulated(long seed, int persons, Wrong wrong) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < persons; i++) {
      double x1 = random.nextGaussian();
      double x2 = random.nextGaussian();
      double chance = 1 / (1 + Math.exp(-(0.3 + 0.6 * x1 - 0.3 * x2)));
      double spread = 0.6;
      if (wrong == Wrong.DOSE) {
        chance = x1 > 0 ? 0.75 : 0.45;
        spread *= Math.exp(0.3 * x2);
      }
      boolean isTrained = random.nextDouble() < chance;
      double hours = Math.exp(2 + 0.3 * x1 + 0.2 * x2 + spread * random.nextGaussian());
      double otherwise = wrong == Wrong.OUTCOME ? 2 * Math.exp(0.5 * x1) : 2 * x1 + x2;
      double effect = isTrained ? TRUTH.applyAsDouble(hours) : 0;
      rows.add(
          RowFactory.create(
              "p" + i,
              "t" + i / 2,
              i % 5,
              otherwise + effect + random.nextGaussian(),
              isTrained ? hours : 0.0,
              x1,
              x2));
    }
    return session().createDataFrame(rows, PERSONS);
  }

  @Test
  void thePlantedCurveIsFoundWhereANaiveOneIsFarOff() {
    int covered = 0;
    int inBand = 0;
    for (int seed = 1; seed <= 8; seed++) {
      EffectEstimate found =
          curve(COVARIATES, List.of(4.0, 8.0, 16.0))
              .estimate(simulated(seed, 1000, Wrong.NOTHING), design().build());
      boolean isInBand = true;
      for (Effect effect : found.effects().subList(2, 5)) {
        double truth = TRUTH.applyAsDouble(effect.dose().orElseThrow());
        covered += effect.ciLow() <= truth && truth <= effect.ciHigh() ? 1 : 0;
        isInBand &= effect.bandLow() <= truth && truth <= effect.bandHigh();
      }
      inBand += isInBand ? 1 : 0;
    }
    // Of 24 intervals at 95% there are fewer than 18 in one test of 30,000, if they are
    // independent.
    assertThat(covered).isGreaterThanOrEqualTo(18);
    assertThat(inBand).isGreaterThanOrEqualTo(5);
  }

  @Test
  void oneOfTheModelsMayBeWrong() {
    for (Wrong wrong : Wrong.values()) {
      Dataset<Row> persons = simulated(11, 4000, wrong);
      List<Double> doses = List.of(4.0, 16.0);
      EffectEstimate found = curve(COVARIATES, doses).estimate(persons, design().build());
      EffectEstimate naive = curve(List.of(), doses).estimate(persons, design().build());
      double truth = TRUTH.applyAsDouble(16);
      Effect own = found.find("dose", "dose_16").orElseThrow();
      Effect blind = naive.find("dose", "dose_16").orElseThrow();
      assertThat(Math.abs(own.estimate() - truth)).as("%s", wrong).isLessThan(3 * own.stdError());
      assertThat(blind.estimate() - truth).as("%s", wrong).isGreaterThan(6 * blind.stdError());
      assertThat(found.diagnosticValue("balance", "largest_correlation_with_dose").orElseThrow())
          .isLessThan(0.15);
    }
  }

  @Test
  void dosesThatTheCovariatesDecideAreNotCompared() {
    Dataset<Row> decided =
        simulated(3, 600, Wrong.NOTHING)
            .selectExpr(
                "person",
                "fold",
                "y",
                "IF(hours = 0, 0, exp(x1 + 0.1 * ln(hours))) AS hours",
                "x1",
                "x2");
    EffectEstimate found = curve(COVARIATES, List.of(0.5, 3.0)).estimate(decided, design().build());
    assertThat(found.diagnostics())
        .anyMatch(
            d ->
                List.of("overlap", "dose_density").contains(d.check())
                    && d.status() == Status.FAIL);
  }

  @Test
  void fewDifferentDosesFail() {
    Dataset<Row> whole =
        persons(true).selectExpr("person", "y", "fold", "ceil(hours / 3) AS hours", "x1", "x2");
    EffectEstimate found = curve(List.of(), List.of(2.0)).estimate(whole, design().build());
    assertThat(found.diagnostic("doses", "different").orElseThrow().status())
        .isEqualTo(Status.FAIL);
    assertThat(found.diagnostic("doses", "different").orElseThrow().message())
        .contains("study them as categories");
    Dataset<Row> one =
        persons(true).selectExpr("person", "y", "fold", "IF(hours > 0, 8, 0) AS hours");
    refused(curve(List.of(), List.of()), one, "The doses make no curve");
    refused(
        curve(List.of(), List.of()),
        one.selectExpr("person", "y", "fold", "0 AS hours"),
        "nobody got a dose above zero");
    // Days of about eight hours are one knot, and the rest still makes a curve.
    Dataset<Row> days =
        persons(true)
            .selectExpr("person", "y", "IF(hours > 0 AND fold < 3, 8 + x2 * 1e-7, hours) AS hours");
    assertThat(curve(List.of(), List.of(6.0)).estimate(days, design().build()).effects())
        .hasSize(3);
  }

  private static void refused(DoseResponse curve, Dataset<Row> persons, String why) {
    assertThatThrownBy(() -> curve.estimate(persons, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(why);
  }

  @Test
  void whatIsNoDoseIsRefused() {
    DoseResponse curve = curve(List.of(), GRID);
    refused(
        curve,
        persons(true).selectExpr("person", "y", "hours - 1 AS hours"),
        "The column hours is not a dose");
    refused(
        curve,
        persons(true).selectExpr("person", "y", "IF(person = 'p3', double('NaN'), hours) AS hours"),
        "0 rows are below zero, and 1 are infinite or NaN");
    refused(
        curve(List.of(), List.of(3.0, 40.0)),
        persons(true),
        "Effects cannot be told at doses that nobody got");
    refused(
        curve(List.of(), List.of(3.0)),
        persons(false),
        "There is nothing to compare the dose with");
    refused(curve(List.of("x1", "x1"), GRID), persons(true), "The covariates cannot be told apart");
    assertThatThrownBy(
            () ->
                curve.estimate(
                    persons(true).selectExpr("person", "y", "hours", "'one' AS team"),
                    design().clusteredBy("team").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("There are too few clusters");
    assertThatThrownBy(() -> curve(List.of(), List.of(3.0, 3.0)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Effects cannot be told at the doses");
    assertThatThrownBy(() -> curve(List.of(), List.of(0.0)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("Effects cannot be told at the doses");
    assertThatThrownBy(() -> new DoseResponse(List.of(), Optional.empty(), 5, 0, 1, List.of(), 2))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot have 2 knots");
    assertThatThrownBy(() -> new DoseResponse(COVARIATES, Optional.empty(), 0, 0, 1, List.of(), 5))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("0 folds");
  }

  @Test
  void theSplineIsALineBeyondItsKnots() {
    DoseSpline spline = new DoseSpline(new double[] {1, 2, 4, 7, 9});
    for (double dose : new double[] {0.5, 1.5, 3, 6, 8, 12}) {
      double[] slopes = spline.slopeAt(dose);
      for (int i = 0; i < spline.size(); i++) {
        double rise = spline.at(dose + 1e-5)[i] - spline.at(dose - 1e-5)[i];
        assertThat(slopes[i]).isCloseTo(rise / 2e-5, within(1e-8));
      }
    }
    assertThat(spline.slopeAt(0.1)).isEqualTo(spline.slopeAt(0.9));
    double[] near = spline.slopeAt(9.5);
    double[] far = spline.slopeAt(900);
    for (int i = 0; i < spline.size(); i++) {
      assertThat(far[i]).isCloseTo(near[i], within(1e-9));
    }
  }
}
