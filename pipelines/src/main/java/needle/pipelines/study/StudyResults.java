package needle.pipelines.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import needle.estimate.EffectEstimate;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.MultipleTesting;
import needle.estimate.VerdictRule;
import needle.estimate.VerdictRule.Grade;
import needle.estimate.VerdictRule.Outcome;
import needle.estimate.VerdictRule.Verdict;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** What a study found, as the four tables that it writes. */
final class StudyResults {
  static final StructType EFFECTS =
      StructType.fromDDL(
          "study string, estimator string, method string, aggregation string, term string,"
              + " cohort bigint, period bigint, event_time bigint, estimate double,"
              + " std_error double, ci_low double, ci_high double, band_low double,"
              + " band_high double, p_value double, q_value double, treated bigint,"
              + " control bigint, clusters bigint, treated_clusters double,"
              + " segment string, dose double");
  static final StructType DIAGNOSTICS =
      StructType.fromDDL(
          "study string, method string, check string, statistic string, value double,"
              + " p_value double, status string, message string");
  static final StructType ATTRITION =
      StructType.fromDDL(
          "study string, method string, step string, units bigint, rows bigint, reason string");
  static final StructType VERDICT =
      StructType.fromDDL(
          "study string, method string, verdict string, grade string, reasons string");

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

  private final StudyFile study;
  private final List<StudyFile.Question> questions = new ArrayList<>();
  private final List<EffectEstimate> estimates = new ArrayList<>();

  StudyResults(StudyFile study) {
    this.study = study;
  }

  void add(StudyFile.Question question, EffectEstimate estimate) {
    questions.add(question);
    estimates.add(estimate);
  }

  boolean isEmpty() {
    return estimates.isEmpty();
  }

  /**
   * The effects; q-values are across the headlines of the study's methods, and across all its
   * segments.
   */
  List<Row> effects() {
    double[] q = qValues();
    Iterator<Double> ofSegments = qValuesOfSegments();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < estimates.size(); i++) {
      EffectEstimate estimate = estimates.get(i);
      for (Effect e : estimate.effects()) {
        rows.add(
            RowFactory.create(
                study.study(),
                estimate.estimator(),
                questions.get(i).label(),
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
                isSegment(e)
                    ? number(ofSegments.next())
                    : e.equals(estimate.headline()) ? number(q[i]) : null,
                e.treated(),
                e.control(),
                e.clusters(),
                number(e.treatedClusters()),
                e.segment().orElse(null),
                e.dose().orElse(null)));
      }
    }
    return rows;
  }

  List<Row> diagnostics() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < estimates.size(); i++) {
      String label = questions.get(i).label();
      estimates
          .get(i)
          .diagnostics()
          .forEach(
              d ->
                  rows.add(
                      RowFactory.create(
                          study.study(),
                          label,
                          d.check(),
                          d.statistic(),
                          number(d.value()),
                          number(d.pValue()),
                          d.status().word(),
                          d.message())));
    }
    return rows;
  }

  List<Row> attrition() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < estimates.size(); i++) {
      String label = questions.get(i).label();
      estimates
          .get(i)
          .attrition()
          .forEach(
              a ->
                  rows.add(
                      RowFactory.create(
                          study.study(), label, a.step(), a.units(), a.rows(), a.reason())));
    }
    return rows;
  }

  List<Row> verdicts() {
    double[] q = qValues();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < estimates.size(); i++) {
      Verdict verdict = verdict(estimates.get(i), q[i]);
      rows.add(
          RowFactory.create(
              study.study(),
              questions.get(i).label(),
              word(verdict.outcome()),
              word(verdict.grade()),
              verdict.reasons().isEmpty() ? null : String.join(", ", verdict.reasons())));
    }
    return rows;
  }

  private Verdict verdict(EffectEstimate estimate, double qValue) {
    if (REGRESSIONS.contains(estimate.estimator())) {
      return new Verdict(Outcome.CANT_TELL, Grade.NONE, List.of("not_a_design"));
    }
    if (study.good().isEmpty()) {
      return new Verdict(Outcome.CANT_TELL, Grade.NONE, List.of("no_smallest_effect_of_interest"));
    }
    return VerdictRule.judge(
        estimate, qValue, study.good().get(), study.outcome().smallestEffectOfInterest());
  }

  private double[] qValues() {
    return MultipleTesting.benjaminiHochberg(
        estimates.stream().mapToDouble(e -> e.headline().pValue()).toArray());
  }

  private Iterator<Double> qValuesOfSegments() {
    double[] p =
        estimates.stream()
            .flatMap(e -> e.effects().stream())
            .filter(StudyResults::isSegment)
            .mapToDouble(Effect::pValue)
            .toArray();
    return Arrays.stream(MultipleTesting.benjaminiHochberg(p)).iterator();
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
