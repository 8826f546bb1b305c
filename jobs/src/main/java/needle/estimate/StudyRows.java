package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.MeasurementPlan.Question;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructType;

/** An answer as a row of {@code estimate.studies}. */
final class StudyRows {
  static final ArrayType EFFECTS =
      array(
          "aggregation string, term string, cohort bigint, period bigint, event_time bigint,"
              + " estimate double, std_error double, ci_low double, ci_high double,"
              + " band_low double, band_high double, p_value double,"
              + " treated bigint, control bigint, clusters bigint,"
              + " treated_clusters double");
  static final ArrayType DIAGNOSTICS =
      array(
          "check string, statistic string, value double, p_value double, status string,"
              + " message string");
  static final ArrayType ATTRITION = array("step string, units bigint, rows bigint, reason string");

  private StudyRows() {}

  static Row of(Answer answer, double qValue) {
    Question question = answer.question();
    List<Object> cells = new ArrayList<>();
    cells.add(answer.programId());
    cells.add(question.kpiId());
    cells.add(answer.kpi().title());
    cells.add(answer.kpi().unit());
    cells.add(word(answer.kpi().direction()));
    cells.add(question.primary());
    cells.add(word(question.grain()));
    cells.add((long) question.anticipationPeriods());
    answer
        .estimate()
        .ifPresentOrElse(
            e -> addEstimate(cells, answer, e, qValue),
            () -> addNothing(cells, answer.unanswered()));
    cells.add(answer.baseline().isPresent() ? answer.baseline().getAsDouble() : null);
    cells.add(question.smallestEffectOfInterest());
    cells.add(
        answer
            .estimate()
            .map(e -> e.effects().stream().map(StudyRows::effect).toList())
            .orElse(List.of()));
    cells.add(
        answer
            .estimate()
            .map(e -> e.diagnostics().stream().map(StudyRows::diagnostic).toList())
            .orElseGet(() -> answer.unanswered().stream().map(StudyRows::diagnostic).toList()));
    cells.add(
        answer
            .estimate()
            .map(e -> e.attrition().stream().map(StudyRows::step).toList())
            .orElse(List.of()));
    return RowFactory.create(cells.toArray());
  }

  private static void addEstimate(
      List<Object> cells, Answer answer, EffectEstimate estimate, double qValue) {
    Effect headline = estimate.headline();
    VerdictRule.Verdict verdict =
        VerdictRule.judge(
            estimate,
            qValue,
            answer.kpi().direction(),
            answer.question().smallestEffectOfInterest());
    cells.add(estimate.estimator());
    cells.add(number(headline.estimate()));
    cells.add(number(headline.stdError()));
    cells.add(number(headline.ciLow()));
    cells.add(number(headline.ciHigh()));
    for (double level : new double[] {0.80, 0.50}) {
      cells.add(number(estimate.interval(level).low()));
      cells.add(number(estimate.interval(level).high()));
    }
    cells.add(number(headline.pValue()));
    cells.add(number(qValue));
    cells.add(headline.treated());
    cells.add(headline.control());
    cells.add(headline.clusters());
    cells.add(word(verdict.outcome()));
    cells.add(word(verdict.grade()));
    cells.add(verdict.reasons().isEmpty() ? null : String.join(", ", verdict.reasons()));
  }

  // The figures from the method's name to the reasons, when there are none.
  private static void addNothing(List<Object> cells, List<Answer.Unanswered> why) {
    cells.add("none");
    for (int i = 0; i < 13; i++) {
      cells.add(null);
    }
    cells.add("cant_tell");
    cells.add("none");
    cells.add(why.stream().map(Answer.Unanswered::code).collect(Collectors.joining(", ")));
  }

  private static Row effect(Effect e) {
    return RowFactory.create(
        e.aggregation(),
        e.term(),
        e.cohort().map(Integer::longValue).orElse(null),
        e.period().map(Integer::longValue).orElse(null),
        e.eventTime().map(Integer::longValue).orElse(null),
        number(e.estimate()),
        number(e.stdError()),
        number(e.ciLow()),
        number(e.ciHigh()),
        number(e.bandLow()),
        number(e.bandHigh()),
        number(e.pValue()),
        e.treated(),
        e.control(),
        e.clusters(),
        number(e.treatedClusters()));
  }

  private static Row diagnostic(Diagnostic d) {
    return RowFactory.create(
        d.check(),
        d.statistic(),
        number(d.value()),
        number(d.pValue()),
        d.status().word(),
        d.message());
  }

  private static Row diagnostic(Answer.Unanswered why) {
    return RowFactory.create("estimate", why.code(), null, null, "fail", why.message());
  }

  private static Row step(AttritionStep s) {
    return RowFactory.create(s.step(), s.units(), s.rows(), s.reason());
  }

  private static Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static ArrayType array(String columns) {
    return new ArrayType(StructType.fromDDL(columns), false);
  }
}
