package needle.pipelines.study;

import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.estimate.EffectEstimate;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.Estimand;
import needle.estimate.MultipleTesting;
import needle.estimate.VerdictRule;
import needle.estimate.VerdictRule.Grade;
import needle.estimate.VerdictRule.Outcome;
import needle.estimate.VerdictRule.Verdict;
import needle.pipelines.study.ProgramStudy.Answer;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * What a study found, as the four tables that it writes, by program and then in the order of its
 * methods. One row per study, program, method and: aggregation, term, period, segment and dose for
 * effects; check and statistic for diagnostics; step for attrition; nothing else for verdicts,
 * which tell the headline that they judge. Without programs, the column of the program is empty.
 * What no program has stands once in attrition, without a method.
 */
final class StudyResults {
  static final StructType EFFECTS =
      StructType.fromDDL(
          "study string, program string, estimator string, estimand string, method string,"
              + " aggregation string, term string, cohort bigint, period bigint,"
              + " event_time bigint, estimate double,"
              + " std_error double, ci_low double, ci_high double, band_low double,"
              + " band_high double, p_value double, q_value double, treated bigint,"
              + " control bigint, clusters bigint, treated_clusters double,"
              + " segment string, dose double, cohort_start date, period_start date");
  static final StructType DIAGNOSTICS =
      StructType.fromDDL(
          "study string, program string, method string, check string, statistic string, value double,"
              + " p_value double, status string, message string");
  static final StructType ATTRITION =
      StructType.fromDDL(
          "study string, program string, method string, step string, units bigint, rows bigint, reason string");
  static final StructType VERDICT =
      StructType.fromDDL(
          "study string, program string, method string, verdict string, grade string, reasons string,"
              + " estimand string, aggregation string, term string, estimate double, std_error double,"
              + " ci_low double, ci_high double, p_value double, q_value double,"
              + " smallest_effect_of_interest double");

  // What explains a change or an effect does not show that there was one. A coefficient describes;
  // what it compares is not chosen for an effect. A hazard ratio compares
  // those who are still left, whom the exposure has changed (Hernán 2010), in no unit of the
  // outcome. A prediction is no effect, and what a planned roll-out adds was judged where it was
  // found.
  private static final List<String> REGRESSIONS =
      List.of(
          "fixed_effects",
          "poisson_fixed_effects",
          "cox",
          "discrete_hazard",
          "decomposition",
          "attribution",
          "mediation",
          "forecast");

  private static final Set<Estimand> SLOPES = EnumSet.of(Estimand.SLOPE, Estimand.AVERAGE_SLOPE);

  private final StudyFile study;
  private final Optional<AttritionStep> leftOut;
  private final List<Answer> answers = new ArrayList<>();

  /**
   * @param leftOut the rows of no program
   */
  StudyResults(StudyFile study, Optional<AttritionStep> leftOut) {
    this.study = study;
    this.leftOut = leftOut;
  }

  void add(Answer answer) {
    answers.add(answer);
  }

  boolean isEmpty() {
    return answers.isEmpty();
  }

  /** The effects of each program and method. */
  List<Row> effects() {
    double[] q = qValues();
    Iterator<Double> ofSegments = qValuesOfSegments();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      EffectEstimate estimate = answers.get(i).estimate();
      for (Effect e : estimate.effects()) {
        rows.add(
            RowFactory.create(
                study.study(),
                program(answers.get(i)),
                estimate.estimator(),
                e.estimand().word(),
                answers.get(i).method(),
                e.aggregation(),
                term(e),
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
                isSegment(e)
                    ? number(ofSegments.next())
                    : e.equals(estimate.headline()) ? number(q[i]) : null,
                e.treated(),
                e.control(),
                e.clusters(),
                number(e.treatedClusters()),
                e.segment().orElse(null),
                e.dose().orElse(null),
                start(e.cohort()),
                start(e.period())));
      }
    }
    return rows;
  }

  List<Row> diagnostics() {
    List<Row> rows = new ArrayList<>();
    for (Answer answer : answers) {
      answer
          .estimate()
          .diagnostics()
          .forEach(
              d ->
                  rows.add(
                      RowFactory.create(
                          study.study(),
                          program(answer),
                          answer.method(),
                          d.check(),
                          d.statistic(),
                          number(d.value()),
                          number(d.pValue()),
                          d.status().word(),
                          d.message())));
    }
    return rows;
  }

  /** The steps of each program and method, after the rows that no program has. */
  List<Row> attrition() {
    List<Row> rows = new ArrayList<>();
    leftOut.ifPresent(step -> rows.add(attrition(null, null, step)));
    for (Answer answer : answers) {
      answer
          .estimate()
          .attrition()
          .forEach(step -> rows.add(attrition(program(answer), answer.method(), step)));
    }
    return rows;
  }

  private Row attrition(String program, String method, AttritionStep step) {
    return RowFactory.create(
        study.study(), program, method, step.step(), step.units(), step.rows(), step.reason());
  }

  List<Row> verdicts() {
    double[] q = qValues();
    double[] equivalenceQ = qValues(this::equivalencePValue, answer -> !hasNoVerdict(answer));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Verdict verdict = verdict(answers.get(i), q[i], equivalenceQ[i]);
      Effect judged = answers.get(i).estimate().headline();
      rows.add(
          RowFactory.create(
              study.study(),
              program(answers.get(i)),
              answers.get(i).method(),
              word(verdict.outcome()),
              word(verdict.grade()),
              verdict.reasons().isEmpty() ? null : String.join(", ", verdict.reasons()),
              judged.estimand().word(),
              judged.aggregation(),
              term(judged),
              number(judged.estimate()),
              number(judged.stdError()),
              number(judged.ciLow()),
              number(judged.ciHigh()),
              number(judged.pValue()),
              number(q[i]),
              study.outcome().smallestEffectOfInterest()));
    }
    return rows;
  }

  private Verdict verdict(Answer answer, double qValue, double equivalenceQ) {
    if (hasNoVerdict(answer)) {
      return new Verdict(Outcome.CANT_TELL, Grade.NONE, List.of("not_a_design"));
    }
    if (study.good().isEmpty()) {
      return new Verdict(Outcome.CANT_TELL, Grade.NONE, List.of("no_smallest_effect_of_interest"));
    }
    return VerdictRule.judge(
        answer.estimate(),
        qValue,
        equivalenceQ,
        study.good().get(),
        study.outcome().smallestEffectOfInterest());
  }

  private double equivalencePValue(Answer answer) {
    return study.good().isEmpty()
        ? Double.NaN
        : answer.estimate().equivalencePValue(study.outcome().smallestEffectOfInterest());
  }

  /**
   * The q-values of the headlines, across all programs and methods that can carry a verdict. Others
   * are a family of their own: a coefficient that nobody judges makes no finding more or less sure.
   */
  private double[] qValues() {
    double[] q = qValues(StudyResults::pValue, answer -> !hasNoVerdict(answer));
    double[] ofRegressions = qValues(StudyResults::pValue, this::hasNoVerdict);
    for (int i = 0; i < q.length; i++) {
      q[i] = hasNoVerdict(answers.get(i)) ? ofRegressions[i] : q[i];
    }
    return q;
  }

  private double[] qValues(ToDoubleFunction<Answer> pValue, Predicate<Answer> family) {
    return MultipleTesting.benjaminiHochberg(
        answers.stream()
            .mapToDouble(a -> family.test(a) ? pValue.applyAsDouble(a) : Double.NaN)
            .toArray());
  }

  private static double pValue(Answer answer) {
    return answer.estimate().headline().pValue();
  }

  /** The q-values of all segments, of whatever program and method. */
  private Iterator<Double> qValuesOfSegments() {
    double[] p =
        answers.stream()
            .flatMap(a -> a.estimate().effects().stream())
            .filter(StudyResults::isSegment)
            .mapToDouble(Effect::pValue)
            .toArray();
    return Arrays.stream(MultipleTesting.benjaminiHochberg(p)).iterator();
  }

  private boolean hasNoVerdict(Answer answer) {
    return REGRESSIONS.contains(answer.estimate().estimator()) || isSlope(answer);
  }

  // Per unit of the dose, where the smallest effect of interest is in units of the outcome.
  private boolean isSlope(Answer answer) {
    Effect headline = answer.estimate().headline();
    return study.hasDose() && SLOPES.contains(headline.estimand());
  }

  /** The term, with dates for the numbers of periods where these are known. */
  private String term(Effect effect) {
    List<Integer> of =
        Stream.of(effect.cohort(), effect.period()).flatMap(Optional::stream).toList();
    return effect.term().equals(joined(of, Object::toString))
        ? joined(of, study.panel().grain()::name)
        : effect.term();
  }

  private static String joined(List<Integer> periods, Function<Integer, String> name) {
    return periods.stream().map(name).collect(Collectors.joining(":"));
  }

  private Date start(Optional<Integer> period) {
    return period.flatMap(study.panel().grain()::start).map(Date::valueOf).orElse(null);
  }

  private static String program(Answer answer) {
    return answer.program().orElse(null);
  }

  private static boolean isSegment(Effect effect) {
    return effect.aggregation().equals("segment");
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(java.util.Locale.ROOT);
  }

  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
