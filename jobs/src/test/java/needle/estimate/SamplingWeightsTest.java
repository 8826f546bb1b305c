package needle.estimate;

import static needle.estimate.StudyDesign.ControlGroup.NEVER_TREATED;
import static needle.estimate.StudyDesign.ControlGroup.NOT_YET_TREATED;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import needle.SparkTest;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.StudyDesign.ControlGroup;
import needle.estimate.StudyDesign.Nuisance;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counties that stand for unequal numbers of others: the weight is 1 + county modulo 7. */
class SamplingWeightsTest extends SparkTest {
  private static final Sampling WEIGHTED =
      new Sampling(Optional.of("weight"), Sampling.Units.FOLLOWED);

  private Dataset<Row> counties() {
    return PublishedPanels.minimumWage(session()).withColumn("weight", expr("1.0D + county % 7"));
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("county", "year", "log_teen_employment")
        .adopted("first_raised", 0)
        .comparedWith(NEVER_TREATED);
  }

  private static StudyDesign weighted(Nuisance how, ControlGroup group) {
    StudyDesign.Draft draft = design().comparedWith(group).drawnBy(WEIGHTED);
    return how == Nuisance.NONE
        ? draft.build()
        : draft.adjustedFor(how, List.of("log_population")).build();
  }

  private static void agrees(
      EffectEstimate estimate, String aggregation, String term, double effect, double error) {
    EffectEstimate.Effect found = estimate.find(aggregation, term).orElseThrow();
    assertThat(found.estimate()).as(term).isCloseTo(effect, within(1e-6 * Math.abs(effect)));
    assertThat(found.stdError()).as(term).isCloseTo(error, within(1e-6 * error));
  }

  /** The figures of csdid 0.4.3, a Python package of other authors, without its bootstrap. */
  @Test
  void weightedMeansAgreeWithAnotherImplementation() {
    EffectEstimate never =
        new StaggeredDid().estimate(counties(), weighted(Nuisance.NONE, NEVER_TREATED));
    agrees(never, "group_time", "2004:2004", -0.016381498524714974, 0.028139746539700312);
    agrees(never, "group_time", "2004:2006", -0.13329871388550385, 0.039660805909227374);
    agrees(never, "group_time", "2007:2004", 0.032008291962628714, 0.016213108484044156);
    agrees(never, "simple", "simple", -0.0403883236245728, 0.012866164768279663);
    agrees(never, "overall", "group", -0.033672591137788775, 0.013071348112084309);
    agrees(never, "overall", "event_time", -0.0711246835461485, 0.021583464609487867);
    agrees(never, "overall", "calendar", -0.03976726224338071, 0.01833033544456468);
    agrees(never, "event_time", "1", -0.04363247159543385, 0.017862116914658124);
    EffectEstimate notYet =
        new StaggeredDid().estimate(counties(), weighted(Nuisance.NONE, NOT_YET_TREATED));
    agrees(notYet, "group_time", "2006:2006", 0.00020280089367306908, 0.016723524847691327);
    agrees(notYet, "overall", "group", -0.03301261871116858, 0.013157769249346586);
    agrees(notYet, "event_time", "1", -0.047270630421841084, 0.017921576457669744);
  }

  /** As above. */
  @Test
  void weightedModelsAgreeWithAnotherImplementation() {
    EffectEstimate predicted =
        new StaggeredDid()
            .estimate(counties(), weighted(Nuisance.OUTCOME_REGRESSION, NEVER_TREATED));
    agrees(predicted, "group_time", "2004:2004", -0.021677539140139195, 0.026539217650365775);
    agrees(predicted, "group_time", "2007:2004", 0.025533640072170696, 0.014102380124835496);
    agrees(predicted, "overall", "group", -0.036716490305881526, 0.011696184373027364);
    EffectEstimate odds =
        new StaggeredDid().estimate(counties(), weighted(Nuisance.IPW, NEVER_TREATED));
    agrees(odds, "group_time", "2004:2006", -0.1390497964473989, 0.03737977634512427);
    agrees(odds, "group_time", "2006:2006", -0.007699441286761546, 0.017277831884902475);
    agrees(odds, "simple", "simple", -0.0436694989328461, 0.011853359857750006);
    EffectEstimate both =
        new StaggeredDid().estimate(counties(), weighted(Nuisance.DOUBLY_ROBUST, NEVER_TREATED));
    agrees(both, "group_time", "2004:2004", -0.02114243918425765, 0.02664245979301841);
    agrees(both, "overall", "event_time", -0.07617654799574315, 0.02044317886279325);
    EffectEstimate notYet =
        new StaggeredDid().estimate(counties(), weighted(Nuisance.DOUBLY_ROBUST, NOT_YET_TREATED));
    agrees(notYet, "group_time", "2006:2006", 0.0027498118250044363, 0.016046023208209356);
    agrees(notYet, "overall", "calendar", -0.04530394991440019, 0.016959131583881078);
  }

  @Test
  void aWeightIsAsManyUnits() {
    Dataset<Row> copies =
        counties()
            .withColumn("copy", expr("explode(sequence(1, int(weight)))"))
            .withColumn("unit", expr("county * 10 + copy"));
    StudyDesign.Draft copied =
        StudyDesign.of("unit", "year", "log_teen_employment")
            .adopted("first_raised", 0)
            .adjustedFor(Nuisance.DOUBLY_ROBUST, List.of("log_population"))
            .clusteredBy("county");
    StudyDesign.Draft once =
        StudyDesign.of("unit", "year", "log_teen_employment")
            .adopted("first_raised", 0)
            .adjustedFor(Nuisance.DOUBLY_ROBUST, List.of("log_population"))
            .clusteredBy("county")
            .drawnBy(WEIGHTED);
    EffectEstimate many = new StaggeredDid().estimate(copies, copied.build());
    EffectEstimate one =
        new StaggeredDid()
            .estimate(counties().withColumn("unit", expr("county * 10")), once.build());
    assertThat(one.effects()).hasSameSizeAs(many.effects()).hasSizeGreaterThan(20);
    for (EffectEstimate.Effect effect : many.effects()) {
      EffectEstimate.Effect same = one.find(effect.aggregation(), effect.term()).orElseThrow();
      assertThat(same.estimate()).isCloseTo(effect.estimate(), within(1e-9));
      assertThat(same.stdError()).isCloseTo(effect.stdError(), within(1e-9));
      assertThat(same.treatedClusters()).isCloseTo(effect.treatedClusters(), within(1e-6));
    }
    assertThat(one.degreesOfFreedom()).isEqualTo(many.degreesOfFreedom());
  }

  @Test
  void onlyRatiosOfWeightsMatter() {
    StudyDesign design = weighted(Nuisance.DOUBLY_ROBUST, NEVER_TREATED);
    EffectEstimate one = new StaggeredDid().estimate(counties(), design);
    EffectEstimate tiny =
        new StaggeredDid().estimate(counties().withColumn("weight", expr("weight / 1e9")), design);
    for (EffectEstimate.Effect effect : one.effects()) {
      EffectEstimate.Effect same = tiny.find(effect.aggregation(), effect.term()).orElseThrow();
      assertThat(same.estimate()).isCloseTo(effect.estimate(), within(1e-10));
      assertThat(same.stdError()).isCloseTo(effect.stdError(), within(1e-10));
    }
    EffectEstimate even =
        new StaggeredDid().estimate(counties().withColumn("weight", lit(3.0)), design);
    EffectEstimate without =
        new StaggeredDid()
            .estimate(
                counties(),
                design().adjustedFor(Nuisance.DOUBLY_ROBUST, List.of("log_population")).build());
    assertThat(even.effects()).isEqualTo(without.effects());
  }

  @Test
  void theLayoutOfThePanelDoesNotMatterToTheLastBit() {
    StudyDesign design = weighted(Nuisance.NONE, NEVER_TREATED);
    EffectEstimate one = new StaggeredDid().estimate(counties().coalesce(1), design);
    EffectEstimate other =
        new StaggeredDid()
            .estimate(
                counties().repartition(7).sortWithinPartitions("log_teen_employment"), design);
    assertThat(other).isEqualTo(one);
  }

  /** Counted from the panel: (Σw)²/Σw² of the counties on either side. */
  @Test
  void effectiveSizesAreTold() {
    String kish = "sum(weight) * sum(weight) / sum(weight * weight)";
    double treated =
        counties().where("year = 2003 and first_raised > 0").selectExpr(kish).first().getDouble(0);
    double controls =
        counties().where("year = 2003 and first_raised = 0").selectExpr(kish).first().getDouble(0);
    for (Nuisance how : List.of(Nuisance.NONE, Nuisance.OUTCOME_REGRESSION)) {
      EffectEstimate found = new StaggeredDid().estimate(counties(), weighted(how, NEVER_TREATED));
      assertThat(found.diagnosticValue("units", "effective_treated").orElseThrow())
          .isEqualTo(Math.floor(treated));
      assertThat(found.diagnosticValue("units", "effective_control").orElseThrow())
          .isEqualTo(Math.floor(controls));
      // Every comparison has all of the never treated.
      assertThat(
              found.diagnosticValue("overlap", "effective_controls_in_smallest_cell").orElseThrow())
          .isBetween(how == Nuisance.NONE ? Math.floor(controls) : 1, Math.floor(controls));
    }
    assertThat(new StaggeredDid().estimate(counties(), design().build()).diagnostics())
        .extracting(EffectEstimate.Diagnostic::statistic)
        .doesNotContain("effective_treated");
  }

  @Test
  void whoHasNoWeightIsLeftOut() {
    EffectEstimate found =
        new StaggeredDid()
            .estimate(
                counties().withColumn("weight", expr("case when county % 5 > 0 then 1.0D end")),
                weighted(Nuisance.NONE, NEVER_TREATED));
    EffectEstimate without =
        new StaggeredDid().estimate(counties().where("county % 5 > 0"), design().build());
    assertThat(found.headline().estimate()).isEqualTo(without.headline().estimate());
    assertThat(found.headline().stdError()).isCloseTo(without.headline().stdError(), within(1e-12));
    long left = counties().where("county % 5 = 0").count();
    assertThat(found.attrition())
        .contains(new AttritionStep("no_weight", left / 5, left, "the sampling weight is empty"));
    assertThat(without.attrition()).extracting(AttritionStep::step).doesNotContain("no_weight");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "weight + (year - 2003)            | more than one sampling weight",
        "if(year > 2003, weight, null)     | more than one sampling weight",
        "0D                                | not above zero, or infinite",
        "-1D                               | not above zero, or infinite",
        "double('NaN')                     | not above zero, or infinite",
        "double('Infinity')                | not above zero, or infinite",
      })
  void aWeightThatCannotBeIsNamed(String ofOne, String said) {
    Dataset<Row> wrong =
        counties().withColumn("weight", expr("if(county = 8001, " + ofOne + ", weight)"));
    assertThatThrownBy(
            () -> new StaggeredDid().estimate(wrong, weighted(Nuisance.NONE, NEVER_TREATED)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said)
        .hasMessageContaining("for example 8001");
  }

  @Test
  void whoTakesNoWeightsSaysSo() {
    StudyDesign design = design().drawnBy(WEIGHTED).build();
    for (EffectEstimator other : List.of(new ImputationDid(), new SunAbraham())) {
      assertThatThrownBy(() -> other.estimate(counties(), design))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining(other.name() + " takes no sampling weights");
    }
    StudyDesign one = StudyDesign.of("county", "y").exposed("d").drawnBy(WEIGHTED).build();
    assertThatThrownBy(
            () ->
                new OrdinaryLeastSquares("difference_in_means", List.of())
                    .estimate(
                        counties().withColumn("y", col("weight")).withColumn("d", lit(1)), one))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The sampling weights weight would be ignored");
    assertThatThrownBy(
            () ->
                design()
                    .drawnBy(new Sampling(Optional.of("year"), Sampling.Units.FOLLOWED))
                    .build())
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("The column year has two roles");
  }
}
