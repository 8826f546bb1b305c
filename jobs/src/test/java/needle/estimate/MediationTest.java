package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.Mediation.Measured;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

/**
 * Figures without interaction are products of coefficients of statsmodels 0.15.0; all errors and
 * those with one come from stacked estimating equations in numpy 2.4.6, with numerical derivatives
 * and nothing centred.
 */
class MediationTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL("unit int, team int, trained int, age double, calls double, sales double");

  private static double noise(int i, int k) {
    return (i * 7919 + k * 12997) % 1000 / 1000.0;
  }

  private Dataset<Row> sellers() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      int d = i % 2;
      double age = 30 + 10 * noise(i, 1);
      double calls = 2 + 1.5 * d + 0.05 * age + 2 * noise(i, 2) + noise(i / 5, 3);
      double sales =
          10
              + 0.8 * d
              + 0.6 * calls
              + 0.2 * d * calls
              + 0.1 * age
              + 3 * noise(i, 4)
              + 2 * noise(i / 5, 5);
      rows.add(RowFactory.create(i, i / 5, d, age, calls, sales));
    }
    return session().createDataFrame(rows, SCHEMA);
  }

  private Dataset<Row> persons() {
    return TrainingExperiment.persons(session()).withColumn("school", col("educ"));
  }

  private static StudyDesign.Draft selling() {
    return StudyDesign.of("unit", "sales").exposed("trained");
  }

  private static Mediation throughCalls(boolean interacts) {
    return new Mediation(List.of("age"), "calls", interacts, Optional.of(Measured.AFTER));
  }

  private static Mediation throughEarnings(boolean interacts) {
    return new Mediation(List.of("age", "educ", "black"), "re75", interacts, Optional.empty());
  }

  private static StudyDesign.Draft training() {
    return StudyDesign.of("person", "re78").exposed("treat");
  }

  private static Effect effect(EffectEstimate estimate, String term) {
    return estimate.find("mediation", term).orElseThrow();
  }

  private static void agrees(EffectEstimate estimate, String term, double amount, double error) {
    Effect found = effect(estimate, term);
    assertThat(found.estimate()).as(term).isCloseTo(amount, within(1e-6 * Math.abs(amount)));
    assertThat(found.stdError()).as(term).isCloseTo(error, within(1e-6 * error));
  }

  private static double check(EffectEstimate estimate, String check, String statistic) {
    return estimate.diagnostic(check, statistic).orElseThrow().value();
  }

  @Test
  void productsOfCoefficients() {
    EffectEstimate found = throughEarnings(false).estimate(persons(), training().build());
    agrees(found, "indirect", 34.269774744036, 48.697633139533);
    agrees(found, "direct", 1648.649406137259, 641.629813318838);
    agrees(found, "total", 1682.919180881296, 642.981357631186);
    assertThat(check(found, "sensitivity", "rho_at_zero"))
        .isCloseTo(0.06812641045983052, within(1e-9));
    EffectEstimate clustered =
        throughEarnings(false).estimate(persons(), training().clusteredBy("school").build());
    agrees(clustered, "indirect", 34.269774744036, 39.856685096825);
    agrees(clustered, "total", 1682.919180881296, 562.531562431300);
  }

  @Test
  void withoutInteractionTheTotalIsTheRegressionOnTreatmentAlone() {
    Effect alone =
        new OrdinaryLeastSquares("ols", List.of("age", "educ", "black"))
            .estimate(persons(), training().build())
            .headline();
    assertThat(
            effect(throughEarnings(false).estimate(persons(), training().build()), "total")
                .estimate())
        .isCloseTo(alone.estimate(), within(1e-8));
  }

  @Test
  void theMediatorMayMatterMoreForTheTreated() {
    EffectEstimate found = throughEarnings(true).estimate(persons(), training().build());
    agrees(found, "indirect", 34.981590982786, 49.366387295019);
    agrees(found, "indirect_untreated", 29.601739937090, 45.336917801082);
    agrees(found, "indirect_treated", 40.361442028482, 65.458600625420);
    agrees(found, "direct_untreated", 1642.431831683453, 640.295524832625);
    agrees(found, "direct_treated", 1653.191533774845, 643.569779592322);
    agrees(found, "total", 1682.793273711935, 642.958621842350);
    assertThat(check(found, "sensitivity", "rho_at_zero_untreated"))
        .isCloseTo(0.0720030533134158, within(1e-9));
    assertThat(check(found, "sensitivity", "rho_at_zero_treated"))
        .isCloseTo(0.06705835856900323, within(1e-9));
  }

  @Test
  void theShareHasFiellersInterval() {
    EffectEstimate found =
        throughCalls(true).estimate(sellers(), selling().clusteredBy("team").build());
    agrees(found, "indirect", 3.997205201623, 0.101994644675);
    agrees(found, "direct", -0.903499308471, 0.139907340614);
    agrees(found, "share", 1.292044344122, 0.049733394550);
    // Where there is a share, it is zero where the indirect effect is.
    assertThat(effect(found, "share").pValue()).isEqualTo(effect(found, "indirect").pValue());
    Intervals.ofStudent(effect(found, "direct"), 59, 2.0009953780883);
    assertThat(effect(found, "share").ciLow()).isCloseTo(1.1955699440268688, within(1e-6));
    assertThat(effect(found, "share").ciHigh()).isCloseTo(1.3948603772389134, within(1e-6));
    assertThat(found.diagnostic("share_mediated", "refused")).isEmpty();
    assertThat(found.diagnostic("mediator_timing", "measured_after").orElseThrow().status())
        .isEqualTo(Status.PASS);
    // Of five each, two or three are trained: 150² / (30 · 2² + 30 · 3²) = 57.7.
    assertThat(found.diagnosticValue("clusters", "treated")).hasValue(57);
    assertThat(found.diagnosticValue("clusters", "control")).hasValue(57);
  }

  @Test
  void thereIsNoShareOfATotalThatMayBeZero() {
    Dataset<Row> sellers = sellers().withColumn("sales", expr("sales - 3.05 * trained"));
    EffectEstimate found = throughCalls(true).estimate(sellers, selling().build());
    Effect total = effect(found, "total");
    assertThat(total.ciLow()).isNegative();
    assertThat(total.ciHigh()).isPositive();
    assertThat(found.find("mediation", "share")).isEmpty();
    assertThat(found.diagnostic("share_mediated", "refused").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  /** What is assumed cannot be tested, and a mediator of unknown time is a doubt. */
  @Test
  void assumptionsAreSpeltOut() {
    EffectEstimate found = throughEarnings(true).estimate(persons(), training().build());
    assertThat(found.diagnostic("sequential_ignorability", "assumed").orElseThrow().status())
        .isEqualTo(Status.WARNING);
    assertThat(found.diagnostic("mediator_timing", "measured_after").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  /**
   * Errors that correlate by ρ because of something unseen: the indirect effect is zero in truth,
   * and the correlation at which it would be zero is that ρ.
   */
  @Test
  void theCorrelationThatExplainsEverythingIsFound() {
    Random random = new Random(3);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      int d = i % 2;
      double age = random.nextGaussian();
      double unseen = random.nextGaussian();
      double calls = d + age + 0.6 * unseen + 0.8 * random.nextGaussian();
      double sales = d + age + 0.5 * unseen + Math.sqrt(0.75) * random.nextGaussian();
      rows.add(RowFactory.create(i, i, d, age, calls, sales));
    }
    EffectEstimate found =
        throughCalls(false).estimate(session().createDataFrame(rows, SCHEMA), selling().build());
    assertThat(check(found, "sensitivity", "rho_at_zero")).isCloseTo(0.3, within(0.02));
  }

  @Test
  void nineteenOfTwentyIntervalsHoldWhatWasPlanted() {
    // δ(0) = 1 · 0.5, δ(1) = 1 · 0.8; E[M(0)] = 2, so ζ(0) = 0.7 + 0.6 and ζ(1) = 0.7 + 0.9.
    double[] truth = {0.65, 1.45, 2.1, 0.65 / 2.1};
    List<String> terms = List.of("indirect", "direct", "total", "share");
    int[] inside = new int[4];
    int samples = 40;
    for (int seed = 0; seed < samples; seed++) {
      Random random = new Random(seed);
      List<Row> rows = new ArrayList<>();
      for (int team = 0; team < 60; team++) {
        double shared = 0.5 * random.nextGaussian();
        double age = 4 + random.nextGaussian();
        for (int i = 0; i < 5; i++) {
          int d = random.nextInt(2);
          double calls = 0.5 * age + d + random.nextGaussian();
          double sales =
              0.7 * d + 0.5 * calls + 0.3 * d * calls + age + shared + random.nextGaussian();
          rows.add(RowFactory.create(team * 5 + i, team, d, age, calls, sales));
        }
      }
      EffectEstimate found =
          throughCalls(true)
              .estimate(
                  session().createDataFrame(rows, SCHEMA), selling().clusteredBy("team").build());
      for (int m = 0; m < 4; m++) {
        Effect part = effect(found, terms.get(m));
        inside[m] += part.ciLow() <= truth[m] && truth[m] <= part.ciHigh() ? 1 : 0;
      }
    }
    for (int m = 0; m < 4; m++) {
      assertThat(inside[m]).as(terms.get(m)).isBetween(33, 40);
    }
  }

  @Test
  void theLayoutChangesNoBit() {
    StudyDesign design = selling().clusteredBy("team").build();
    assertThat(throughCalls(true).estimate(sellers().repartition(5), design).effects())
        .isEqualTo(throughCalls(true).estimate(sellers().coalesce(1), design).effects());
  }

  @Test
  void whatCannotMediateIsRefused() {
    assertThatThrownBy(
            () -> new Mediation(List.of("age"), "calls", true, Optional.of(Measured.BEFORE)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("measured before treatment");
    assertThatThrownBy(() -> new Mediation(List.of("calls"), "calls", true, Optional.empty()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("is a covariate, too");
    refused(sellers(), "trained", selling().build(), "has two roles");
    refused(sellers(), "shoes", selling().build(), "no column shoes");
    refused(
        sellers().withColumn("calls", col("trained").multiply(2)),
        "calls",
        selling().build(),
        "cannot be told apart in the regression of the outcome");
    refused(
        sellers().withColumn("age", col("trained").multiply(2)),
        "calls",
        selling().build(),
        "cannot be told apart in the regression of the mediator");
    refused(sellers().where("trained = 1"), "calls", selling().build(), "nobody to compare");
    refused(
        sellers().withColumn("team", lit(1)),
        "calls",
        selling().clusteredBy("team").build(),
        "one cluster only");
  }

  private static void refused(Dataset<Row> panel, String mediator, StudyDesign design, String why) {
    Mediation mediation = new Mediation(List.of("age"), mediator, true, Optional.empty());
    assertThatThrownBy(() -> mediation.estimate(panel, design))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(why);
  }
}
