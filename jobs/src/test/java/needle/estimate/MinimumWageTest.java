package needle.estimate;

import static needle.estimate.StudyDesign.ControlGroup.NEVER_TREATED;
import static needle.estimate.StudyDesign.ControlGroup.NOT_YET_TREATED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import needle.SparkTest;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * State minimum wages and teen employment: the figures that the R package did 2.5.0 publishes for
 * the panel of Callaway & Sant'Anna (2021). See pipelines/replications.
 */
class MinimumWageTest extends SparkTest {
  private Dataset<Row> counties() {
    return PublishedPanels.minimumWage(session());
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("county", "year", "log_teen_employment")
        .adopted("first_raised", 0)
        .comparedWith(NEVER_TREATED);
  }

  private static void agrees(
      EffectEstimate estimate, String aggregation, String term, double published, double error) {
    EffectEstimate.Effect effect = estimate.find(aggregation, term).orElseThrow();
    assertThat(effect.estimate()).as(term).isCloseTo(published, within(1e-8));
    assertThat(effect.stdError()).as(term).isCloseTo(error, within(0.005 * error));
  }

  @Test
  void everyPublishedFigureComesOut() {
    EffectEstimate estimate = new StaggeredDid().estimate(counties(), design().build());
    agrees(estimate, "group_time", "2004:2004", -0.01050324622, 0.02325103637);
    agrees(estimate, "group_time", "2004:2005", -0.0704231581, 0.03098476676);
    agrees(estimate, "group_time", "2006:2006", -0.004594606953, 0.01775519666);
    agrees(estimate, "group_time", "2007:2006", -0.03108711939, 0.01787751131);
    agrees(estimate, "group_time", "2007:2007", -0.02605441072, 0.01665543535);
    agrees(estimate, "simple", "simple", -0.03995127516, 0.01203401277);
    agrees(estimate, "overall", "group", -0.03101828223, 0.01244605932);
    agrees(estimate, "event_time", "0", -0.01993181679, 0.01182636406);
    agrees(estimate, "event_time", "1", -0.05095736707, 0.01689347627);
    agrees(estimate, "overall", "event_time", -0.07723982146, 0.01996498906);
    agrees(estimate, "overall", "calendar", -0.04170043213, 0.01597185188);
    assertThat(estimate.diagnosticValue("pre_trend", "wald").orElseThrow())
        .isCloseTo(7.791236627, within(1e-6));
    assertThat(estimate.attrition().get(0).units()).isEqualTo(500);
    assertThat(estimate.headline().clusters()).isEqualTo(500);
  }

  /**
   * Counties that raised it in 2004 and 2006 are seen one year later, those of 2007 are not.
   * Figures of csdid 0.4.3 (aggte with balance_e), and of the definition in numpy 2.4.6, which
   * agree.
   */
  @Test
  void balancedEventTimesAreOfTheSameCohortsThroughout() {
    EffectEstimate one = balanced(1, NEVER_TREATED);
    exactly(one, "balanced_event_time", "0", -0.006564153375562818, 0.014255359148642007);
    exactly(one, "balanced_event_time", "1", -0.050957367065193895, 0.016893476268677998);
    exactly(one, "overall", "balanced_event_time", -0.028760760220378358, 0.013685582557682503);
    assertThat(one.find("overall", "balanced_event_time").orElseThrow().treated()).isEqualTo(60);
    // The counties of 2004 are not seen before 2003, so that no lead is of both cohorts.
    assertThat(one.effects())
        .filteredOn(e -> e.aggregation().equals("balanced_event_time"))
        .hasSize(2)
        .allMatch(e -> e.bandHigh() > e.ciHigh() && e.bandLow() < e.ciLow());
    EffectEstimate notYet = balanced(1, NOT_YET_TREATED);
    exactly(notYet, "balanced_event_time", "0", -0.0033502036786566105, 0.01333392199840034);
    exactly(notYet, "overall", "balanced_event_time", -0.028469775531744245, 0.013273302110411708);
    EffectEstimate three = balanced(3, NEVER_TREATED);
    exactly(three, "overall", "balanced_event_time", -0.07974912657472913, 0.02636779943502727);
    assertThat(three.headline())
        .isEqualTo(new StaggeredDid().estimate(counties(), design().build()).headline());
    assertThatThrownBy(() -> balanced(4, NEVER_TREATED))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("No cohort is seen up to event time 4");
  }

  private EffectEstimate balanced(int last, StudyDesign.ControlGroup controls) {
    return new StaggeredDid(Map.of(), StaggeredDid.Inference.CLUSTER, OptionalInt.of(last))
        .estimate(counties(), design().comparedWith(controls).build());
  }

  private static void exactly(
      EffectEstimate estimate, String aggregation, String term, double effect, double error) {
    EffectEstimate.Effect found = estimate.find(aggregation, term).orElseThrow();
    assertThat(found.estimate()).isCloseTo(effect, within(1e-10));
    assertThat(found.stdError()).isCloseTo(error, within(1e-10));
  }

  @Test
  void outcomeRegressionOnPopulationComesOutToo() {
    EffectEstimate estimate = adjusted(StudyDesign.Nuisance.OUTCOME_REGRESSION, NEVER_TREATED);
    agrees(estimate, "simple", "simple", -0.04196861242, 0.01144482977);
  }

  /** The figures of csdid 0.4.3, a Python package of other authors. */
  @Test
  void weightedControlsAgreeWithAnotherImplementation() {
    EffectEstimate robust = adjusted(StudyDesign.Nuisance.DOUBLY_ROBUST, NEVER_TREATED);
    agrees(robust, "group_time", "2004:2004", -0.014529668304898711, 0.022129157238335542);
    agrees(robust, "group_time", "2004:2006", -0.14044833681012228, 0.03537815471009641);
    agrees(robust, "group_time", "2006:2006", 0.0009605737466980733, 0.019400195422023023);
    agrees(robust, "group_time", "2007:2004", 0.026727796203702026, 0.014065660764396418);
    agrees(robust, "simple", "simple", -0.04175177205861638, 0.011502838151545078);
    EffectEstimate weighted = adjusted(StudyDesign.Nuisance.IPW, NEVER_TREATED);
    agrees(weighted, "group_time", "2004:2004", -0.01454843115413966, 0.02211453311143675);
    agrees(weighted, "group_time", "2006:2004", -0.0008685602909426424, 0.022152843418129474);
    agrees(weighted, "simple", "simple", -0.041777082199131704, 0.011499719363982945);
    EffectEstimate notYet = adjusted(StudyDesign.Nuisance.DOUBLY_ROBUST, NOT_YET_TREATED);
    agrees(notYet, "group_time", "2004:2005", -0.08160318585567874, 0.02834154108578291);
    agrees(notYet, "group_time", "2006:2006", 0.008660699867713275, 0.01683906095637533);
    agrees(notYet, "overall", "group", -0.032264038800281156, 0.01198341261432645);
  }

  private EffectEstimate adjusted(StudyDesign.Nuisance how, StudyDesign.ControlGroup group) {
    return new StaggeredDid()
        .estimate(
            counties(),
            design().adjustedFor(how, List.of("log_population")).comparedWith(group).build());
  }

  /**
   * @param fewest counties of the smallest cohort n: the other package takes means off and does not
   *     make up for it, so that its variance of the treated is less by as much as (n − 1)/n
   */
  private static void imputed(
      EffectEstimate estimate,
      String aggregation,
      String term,
      double published,
      double error,
      double fewest) {
    EffectEstimate.Effect effect = estimate.find(aggregation, term).orElseThrow();
    assertThat(effect.estimate()).as(term).isCloseTo(published, within(1e-8));
    assertThat(effect.stdError() / error)
        .as(term)
        .isBetween(1.0, 1.005 * Math.sqrt(fewest / (fewest - 1)));
  }

  /** The figures of diff-diff 3.13.0, a Python package of other authors. */
  @Test
  void imputationAgreesWithAnotherImplementation() {
    EffectEstimate estimate =
        new ImputationDid()
            .estimate(
                counties(),
                StudyDesign.of("county", "year", "log_teen_employment")
                    .adopted("first_raised", 0)
                    .build());
    imputed(estimate, "simple", "simple", -0.04770991827781727, 0.013222488650016436, 20);
    imputed(estimate, "event_time", "0", -0.031066927191940524, 0.013577249746179961, 20);
    imputed(estimate, "event_time", "1", -0.052234856747866425, 0.01881242682276271, 20);
    imputed(estimate, "event_time", "3", -0.10470747157562328, 0.033765853357791635, 20);
    imputed(estimate, "group", "2004", -0.08461926218833085, 0.02561662026505675, 20);
    imputed(estimate, "group", "2006", -0.018339436824341714, 0.02001766208610699, 40);
    imputed(estimate, "group", "2007", -0.04310603280787039, 0.018372137994205003, 131);
    assertThat(estimate.headline().term()).isEqualTo("simple");
    assertThat(estimate.diagnosticValue("pre_trend", "wald")).isPresent();
  }

  @Test
  void theLayoutOfThePanelDoesNotMatterToTheLastBit() {
    EffectEstimate one = new StaggeredDid().estimate(counties().coalesce(1), design().build());
    EffectEstimate other =
        new StaggeredDid()
            .estimate(
                counties().repartition(7).sortWithinPartitions("log_teen_employment"),
                design().build());
    assertThat(other).isEqualTo(one);
  }
}
