package needle.estimate;

import static needle.estimate.StudyDesign.ControlGroup.NEVER_TREATED;
import static needle.estimate.StudyDesign.ControlGroup.NOT_YET_TREATED;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.StudyDesign.ControlGroup;
import needle.estimate.StudyDesign.Nuisance;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** People who are drawn anew in every period: rows of two periods have nobody in common. */
class RepeatedCrossSectionsTest extends SparkTest {
  private static final Sampling ANEW = new Sampling(Optional.empty(), Sampling.Units.DRAWN_ANEW);
  private static final Sampling WEIGHTED =
      new Sampling(Optional.of("weight"), Sampling.Units.DRAWN_ANEW);

  // Two years of three of every county, as if each were another one.
  private Dataset<Row> drawn() {
    return PublishedPanels.minimumWage(session())
        .where("(county + year) % 3 <> 0")
        .withColumn("id", expr("county * 10000 + year"))
        .withColumn("weight", expr("1.0D + (county + year) % 5"));
  }

  private static StudyDesign.Draft design(String unit, Sampling sampling, Nuisance how) {
    StudyDesign.Draft draft =
        StudyDesign.of(unit, "year", "log_teen_employment")
            .adopted("first_raised", 0)
            .drawnBy(sampling);
    return how == Nuisance.NONE ? draft : draft.adjustedFor(how, List.of("log_population"));
  }

  private EffectEstimate estimate(Sampling sampling, Nuisance how, ControlGroup group) {
    return new StaggeredDid()
        .estimate(drawn(), design("id", sampling, how).comparedWith(group).build());
  }

  private static void agrees(
      EffectEstimate estimate, String aggregation, String term, double effect, double error) {
    Effect found = estimate.find(aggregation, term).orElseThrow();
    assertThat(found.estimate()).as(term).isCloseTo(effect, within(1e-6 * Math.abs(effect)));
    assertThat(found.stdError()).as(term).isCloseTo(error, within(1e-6 * error));
  }

  /** The figures of csdid 0.4.3 with panel=False, without its bootstrap. */
  @Test
  void fourMeansAgreeWithAnotherImplementation() {
    EffectEstimate never = estimate(ANEW, Nuisance.NONE, NEVER_TREATED);
    agrees(never, "group_time", "2004:2004", -0.23239772949267046, 0.5697890892579403);
    agrees(never, "group_time", "2004:2006", -0.08780850505962423, 0.591178949278216);
    agrees(never, "group_time", "2007:2004", 0.12694850070058905, 0.2743473129140912);
    agrees(never, "simple", "simple", -0.05122185927370929, 0.19874738555089455);
    agrees(never, "overall", "group", 0.01254920207992646, 0.20836854479507222);
    agrees(never, "overall", "event_time", -0.1462702172807841, 0.30695553426764666);
    agrees(never, "overall", "calendar", -0.12824717960868534, 0.3040921629501133);
    agrees(never, "event_time", "1", -0.23529128544018935, 0.30058086030897474);
    EffectEstimate weighted = estimate(WEIGHTED, Nuisance.NONE, NOT_YET_TREATED);
    agrees(weighted, "group_time", "2006:2006", -0.24497276165785653, 0.42370377125461617);
    agrees(weighted, "simple", "simple", -0.01061511179871558, 0.20643140053124034);
    agrees(weighted, "overall", "group", 0.035151831481638196, 0.2335041584477749);
  }

  /** As above; both models are drdid_rc, the locally efficient estimator. */
  @Test
  void modelsAgreeWithAnotherImplementation() {
    EffectEstimate predicted = estimate(ANEW, Nuisance.OUTCOME_REGRESSION, NEVER_TREATED);
    agrees(predicted, "group_time", "2004:2004", -0.15346448559730957, 0.5517795883493055);
    agrees(predicted, "group_time", "2007:2004", 0.20572918703476728, 0.23525493617566687);
    agrees(predicted, "overall", "calendar", -0.09082718797036841, 0.29621256281238295);
    EffectEstimate odds = estimate(ANEW, Nuisance.IPW, NEVER_TREATED);
    agrees(odds, "group_time", "2004:2006", -0.08813458325727108, 0.6005493844104958);
    agrees(odds, "group_time", "2006:2006", -0.08221101296640132, 0.4319897755773816);
    agrees(odds, "simple", "simple", -0.08089851408313553, 0.20527521439273472);
    EffectEstimate both = estimate(ANEW, Nuisance.DOUBLY_ROBUST, NEVER_TREATED);
    agrees(both, "group_time", "2004:2004", -0.025955811874156465, 0.11479266877296468);
    agrees(both, "group_time", "2007:2004", 0.10612736230735456, 0.0932385019220284);
    agrees(both, "overall", "event_time", -0.04819691769371742, 0.06904584435140496);
    EffectEstimate weighted = estimate(WEIGHTED, Nuisance.DOUBLY_ROBUST, NOT_YET_TREATED);
    agrees(weighted, "group_time", "2004:2006", -0.07970556481814285, 0.12157590710033203);
    agrees(weighted, "group_time", "2006:2006", -0.06034764619031715, 0.1020085789199179);
    agrees(weighted, "overall", "group", 0.0021763148520980023, 0.08580019045901262);
  }

  /**
   * Where everybody was drawn in every period, four means and their errors are those of changes.
   */
  @Test
  void ofAWholePanelTheyAreItsChanges() {
    Dataset<Row> counties = PublishedPanels.minimumWage(session());
    EffectEstimate anew =
        new StaggeredDid().estimate(counties, design("county", ANEW, Nuisance.NONE).build());
    EffectEstimate followed =
        new StaggeredDid()
            .estimate(counties, design("county", Sampling.PLAIN, Nuisance.NONE).build());
    assertThat(anew.effects()).hasSameSizeAs(followed.effects()).hasSizeGreaterThan(20);
    for (Effect effect : followed.effects()) {
      Effect same = anew.find(effect.aggregation(), effect.term()).orElseThrow();
      assertThat(same.estimate()).isCloseTo(effect.estimate(), within(1e-10));
      assertThat(same.stdError()).isCloseTo(effect.stdError(), within(1e-10));
      assertThat(same.treated()).isEqualTo(effect.treated());
      assertThat(same.control()).isEqualTo(effect.control());
      assertThat(same.treatedClusters()).isCloseTo(effect.treatedClusters(), within(1e-9));
      assertThat(same.clusters()).isEqualTo(effect.clusters());
    }
  }

  /** As above, with clustervar; a unit that recurs is a cluster. */
  @Test
  void whoRecursIsACluster() {
    EffectEstimate plain =
        new StaggeredDid()
            .estimate(
                drawn(), design("county", ANEW, Nuisance.NONE).comparedWith(NEVER_TREATED).build());
    agrees(plain, "group_time", "2004:2004", -0.23239772949267046, 0.5471939142580541);
    agrees(plain, "group_time", "2004:2006", -0.08780850505962423, 0.02993662526221743);
    agrees(plain, "simple", "simple", -0.05122185927370929, 0.14782243529355757);
    EffectEstimate both =
        new StaggeredDid()
            .estimate(
                drawn(),
                design("county", WEIGHTED, Nuisance.DOUBLY_ROBUST)
                    .comparedWith(NEVER_TREATED)
                    .build());
    agrees(both, "group_time", "2006:2004", 0.09622606118829231, 0.07932436715904827);
    agrees(both, "overall", "group", 0.0038057810636100524, 0.05678911188387872);
    agrees(both, "overall", "event_time", -0.03389291058875824, 0.05453583120709075);
    EffectEstimate universal =
        new StaggeredDid()
            .estimate(
                drawn(),
                design("id", WEIGHTED, Nuisance.DOUBLY_ROBUST)
                    .comparedWith(NEVER_TREATED)
                    .from(StudyDesign.BasePeriod.UNIVERSAL)
                    .build());
    agrees(universal, "group_time", "2007:2004", 0.015923448030527775, 0.10139774442995267);
    agrees(universal, "event_time", "-3", 0.00272841964362318, 0.08338350291611185);
  }

  /** Villages that are drawn anew, too, are fewer at either end than in all. */
  @Test
  void clustersCountAtTheEndThatHasFewer() {
    List<Row> rows = new ArrayList<>();
    Random random = new Random(3);
    for (int wave = 1; wave <= 2; wave++) {
      for (int village = 0; village < (wave == 1 ? 24 : 30); village++) {
        for (int i = 0; i < 5; i++) {
          rows.add(
              RowFactory.create(
                  100 * village + i,
                  wave,
                  random.nextGaussian(),
                  village % 2 == 0 ? 2 : null,
                  wave + ":" + village));
        }
      }
    }
    Dataset<Row> survey =
        session()
            .createDataFrame(
                rows,
                StructType.fromDDL("unit int, wave int, y double, first int, village string"));
    EffectEstimate found =
        new StaggeredDid()
            .estimate(
                survey,
                StudyDesign.of("unit", "wave", "y")
                    .adopted("first")
                    .clusteredBy("village")
                    .drawnBy(ANEW)
                    .build());
    assertThat(found.headline().treatedClusters()).isCloseTo(12, within(1e-9));
    assertThat(found.headline().treated()).isEqualTo(60);
    assertThat(found.headline().clusters()).isEqualTo(54);
    assertThat(found.diagnosticValue("clusters", "control").orElseThrow()).isEqualTo(12);
    assertThat(found.degreesOfFreedom()).isEqualTo(11);
  }

  @ParameterizedTest
  @EnumSource(
      value = Nuisance.class,
      names = {"OUTCOME_REGRESSION", "IPW", "DOUBLY_ROBUST"})
  void modelsFindThePlantedEffect(Nuisance how) {
    Random random = new Random(5);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 16_000; i++) {
      int wave = 1 + i % 4;
      double x = random.nextGaussian();
      boolean isTreated = random.nextDouble() < 1 / (1 + Math.exp(0.5 - 0.8 * x));
      double y = x * (1 + wave) + (isTreated && wave >= 3 ? 1 : 0) + random.nextGaussian();
      rows.add(RowFactory.create(i, wave, y, isTreated ? 3 : null, x));
    }
    Dataset<Row> survey =
        session()
            .createDataFrame(
                rows, StructType.fromDDL("unit int, wave int, y double, first int, x double"));
    StudyDesign.Draft plain = StudyDesign.of("unit", "wave", "y").adopted("first").drawnBy(ANEW);
    Effect unadjusted = new StaggeredDid().estimate(survey, plain.build()).headline();
    assertThat(unadjusted.estimate() - 1).isGreaterThan(6 * unadjusted.stdError());
    Effect adjusted =
        new StaggeredDid()
            .estimate(survey, plain.adjustedFor(how, List.of("x")).build())
            .headline();
    assertThat(Math.abs(adjusted.estimate() - 1)).isLessThan(3.5 * adjusted.stdError());
    assertThat(adjusted.stdError()).isLessThan(0.2);
  }

  @Test
  void theLayoutOfTheRowsDoesNotMatterToTheLastBit() {
    StudyDesign design = design("county", WEIGHTED, Nuisance.DOUBLY_ROBUST).build();
    EffectEstimate one = new StaggeredDid().estimate(drawn().coalesce(1), design);
    EffectEstimate other =
        new StaggeredDid()
            .estimate(drawn().repartition(7).sortWithinPartitions("log_teen_employment"), design);
    assertThat(other).isEqualTo(one);
  }

  @Test
  void everyRowIsAnObservationOfItsOwn() {
    // A county's cohort, weight and team may change, as those who are drawn from it are others.
    Dataset<Row> moved =
        drawn()
            .withColumn("first_raised", expr("if(county = 8001 and year > 2005, 0, first_raised)"))
            .withColumn("weight", expr("if(county = 8001 and year = 2003, null, weight)"));
    EffectEstimate found =
        new StaggeredDid().estimate(moved, design("county", WEIGHTED, Nuisance.NONE).build());
    long rows = drawn().count();
    assertThat(found.attrition())
        .contains(
            new AttritionStep("read", rows, rows, "units and rows of the panel"),
            new AttritionStep("no_weight", 1, 1, "the sampling weight is empty"))
        .extracting(AttritionStep::step)
        .doesNotContain("seen_once");
    assertThat(found.diagnosticValue("attrition", "differential_attrition")).isEmpty();
    assertThat(found.diagnosticValue("units", "effective_treated")).isPresent();
  }

  @Test
  void placeboDatesAreTriedOnThem() {
    EffectEstimate found =
        new StaggeredDid(Map.of(Sensitivity.PLACEBO_DATES, Settings.USUAL))
            .estimate(drawn(), design("id", ANEW, Nuisance.NONE).build());
    assertThat(found.diagnosticValue("placebo_dates", "earlier_by_1").orElseThrow()).isFinite();
  }

  @Test
  void whatCannotBeToldOfThemIsRefused() {
    StudyDesign plain = design("county", ANEW, Nuisance.NONE).build();
    for (EffectEstimator other : List.of(new ImputationDid(), new SunAbraham())) {
      assertThatThrownBy(() -> other.estimate(drawn(), plain))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining(other.name() + " follows its units through time");
    }
    StudyDesign exposed =
        StudyDesign.of("county", "year", "log_teen_employment")
            .exposed("raised")
            .drawnBy(ANEW)
            .build();
    assertThatThrownBy(
            () -> new StaggeredDid().estimate(drawn().withColumn("raised", lit(0)), exposed))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("raised cannot tell the first treated period");
    assertThatThrownBy(() -> new StaggeredDid().estimate(drawn().union(drawn()), plain))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("rows repeat a unit and period");
    assertThatThrownBy(
            () ->
                new StaggeredDid()
                    .estimate(drawn().withColumn("year", expr("nullif(year, 2004)")), plain))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("rows have no whole-numbered period");
    assertThatThrownBy(
            () ->
                new StaggeredDid()
                    .estimate(
                        drawn().withColumn("log_teen_employment", expr("double(null)")), plain))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("No unit was observed");
    // Of one size where it is treated, so that nothing predicts the treated from it.
    Dataset<Row> alike =
        drawn().withColumn("log_population", expr("if(first_raised > 0, 1D, log_population)"));
    assertThatThrownBy(
            () ->
                new StaggeredDid()
                    .estimate(alike, design("id", ANEW, Nuisance.DOUBLY_ROBUST).build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cannot be told apart")
        .hasMessageContaining("among the treated of cohort");
  }
}
