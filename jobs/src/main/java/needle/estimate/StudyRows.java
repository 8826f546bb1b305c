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
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** An answer as a row of {@code estimate.studies}. */
final class StudyRows {
  static final ArrayType EFFECTS =
      array(
          column(
              "estimand",
              DataTypes.StringType,
              "What it is an estimate of, as in docs/method.md: att, the average effect on the trained"),
          column(
              "aggregation",
              DataTypes.StringType,
              "Over what it is an average: simple, group, event_time, calendar, overall, group_time"),
          column(
              "term",
              DataTypes.StringType,
              "Which one of its aggregation, such as att, or the event time"),
          column(
              "cohort",
              DataTypes.LongType,
              "First treated period of the people it is about; empty where of several"),
          column("period", DataTypes.LongType, "Period it is about; empty where of several"),
          column(
              "event_time",
              DataTypes.LongType,
              "Periods since training, 0 in the first treated one; empty where of several"),
          column(
              "estimate",
              DataTypes.DoubleType,
              "The effect, in the unit of the KPI; below 0 of the event time, what moved before training"),
          column(
              "std_error",
              DataTypes.DoubleType,
              "Its standard error; empty where the data do not tell it"),
          column(
              "ci_low", DataTypes.DoubleType, "Lower end of the 95% interval of this effect alone"),
          column(
              "ci_high",
              DataTypes.DoubleType,
              "Upper end of the 95% interval of this effect alone"),
          column(
              "band_low",
              DataTypes.DoubleType,
              "Lower end of the 95% band, which holds for all terms of the aggregation at once"),
          column("band_high", DataTypes.DoubleType, "Upper end of that band"),
          column("p_value", DataTypes.DoubleType, "Of the hypothesis that this effect is zero"),
          column("treated", DataTypes.LongType, "People trained, whom it rests on"),
          column("control", DataTypes.LongType, "People they were compared with"),
          column("clusters", DataTypes.LongType, "Independent pieces that the doubt rests on"),
          column(
              "treated_clusters",
              DataTypes.DoubleType,
              "As how many equal clusters the trained are spread; few where one holds most of them"));
  static final ArrayType DIAGNOSTICS =
      array(
          column("check", DataTypes.StringType, "Check of docs/method.md, such as pre_trend"),
          column("statistic", DataTypes.StringType, "Which of the check's figures"),
          column("value", DataTypes.DoubleType, "The figure; empty where there is none"),
          column("p_value", DataTypes.DoubleType, "Where the check is a test; else empty"),
          column(
              "status",
              DataTypes.StringType,
              "pass, warning or fail; one that fails leaves the verdict at cant_tell"),
          column("message", DataTypes.StringType, "What was found, in words"));
  static final ArrayType ATTRITION =
      array(
          column(
              "step",
              DataTypes.StringType,
              "read, then what was lost and why, then analysed; read is the sum of all after it"),
          column(
              "units",
              DataTypes.LongType,
              "People; all for read and analysed, else those lost in this step"),
          column("rows", DataTypes.LongType, "Rows, likewise"),
          column("reason", DataTypes.StringType, "Why they were lost, in words"));

  private StudyRows() {}

  static Row of(Answer answer, double qValue, double equivalenceQ) {
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
            e -> addEstimate(cells, answer, e, qValue, equivalenceQ),
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
      List<Object> cells,
      Answer answer,
      EffectEstimate estimate,
      double qValue,
      double equivalenceQ) {
    Effect headline = estimate.headline();
    VerdictRule.Verdict verdict =
        VerdictRule.judge(
            estimate,
            qValue,
            equivalenceQ,
            answer.kpi().direction(),
            answer.question().smallestEffectOfInterest());
    cells.add(estimate.estimator());
    cells.add(headline.estimand().word());
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
    for (int i = 0; i < 14; i++) {
      cells.add(null);
    }
    cells.add("cant_tell");
    cells.add("none");
    cells.add(why.stream().map(Answer.Unanswered::code).collect(Collectors.joining(", ")));
  }

  private static Row effect(Effect e) {
    return RowFactory.create(
        e.estimand().word(),
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

  private static ArrayType array(StructField... columns) {
    return new ArrayType(new StructType(columns), false);
  }

  private static StructField column(String name, DataType type, String meaning) {
    return new StructField(name, type, true, Metadata.empty()).withComment(meaning);
  }
}
