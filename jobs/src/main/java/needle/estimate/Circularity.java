package needle.estimate;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.covar_pop;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.stddev_pop;
import static org.apache.spark.sql.functions.when;

import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.panel.Cohorts;
import needle.panel.TrainingExposure;
import needle.silver.Assessments;
import needle.silver.CourseFeedback;
import needle.silver.Enrolments;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Column;

/** Outcomes that are made of the treatment, on which an effect is true by arithmetic alone. */
public final class Circularity {
  /** Of fewer on either side it may be chance. */
  static final int ENOUGH = 10;

  /** What is left of one after the rounding of sums. */
  private static final double ROUNDING = 1e-12;

  /** What learning systems tell: a KPI that sums it counts the training itself. */
  private static final Set<String> OF_TRAINING =
      Set.of(
          LearningRecords.TABLE.qualifiedName(),
          Assessments.TABLE.qualifiedName(),
          CourseFeedback.TABLE.qualifiedName(),
          Enrolments.TABLE.qualifiedName(),
          TrainingExposure.TABLE.qualifiedName(),
          Cohorts.TABLE.qualifiedName());

  private Circularity() {}

  /** Whether a table tells of the training itself. */
  public static boolean isOfTraining(String table) {
    return OF_TRAINING.contains(table);
  }

  /** The table of training that a KPI is made of, if it is. */
  public static Optional<String> in(Kpi kpi) {
    Stream<String> summed =
        Stream.of(kpi.numerator(), kpi.denominator())
            .flatMap(Optional::stream)
            .map(Kpi.Measure::table);
    Stream<String> awaited = kpi.timeToEvent().stream().map(time -> time.event().table());
    return Stream.concat(summed, awaited).filter(OF_TRAINING::contains).findFirst();
  }

  /**
   * Whether rows tell their treatment by their outcome: all without it have the same, and all with
   * it a larger one, or all a smaller one; or the outcome is a straight line of the dose.
   */
  static Column among(Column isUsed, Column outcome, Column dose) {
    Column with = when(isUsed.and(dose.notEqual(0)), outcome);
    Column without = when(isUsed.and(dose.equalTo(0)), outcome);
    Column isTold =
        min(without)
            .equalTo(max(without))
            .and(min(with).gt(max(without)).or(max(with).lt(min(without))))
            .and(count(without).geq(ENOUGH));
    Column used = when(isUsed, outcome);
    Column doses = when(isUsed, dose);
    Column together = stddev_pop(used).multiply(stddev_pop(doses));
    Column isLine =
        together.gt(0).and(abs(covar_pop(used, doses)).geq(together.multiply(1 - ROUNDING)));
    return isTold.or(isLine).and(count(with).geq(ENOUGH)).eqNullSafe(lit(true));
  }

  static InvalidInput refused(String outcome) {
    return new InvalidInput(
        "The outcome " + outcome + " is circular",
        "it tells who was treated, or how much: without treatment it is always the same and with it"
            + " always more, or less, or it is a straight line of the dose",
        "choose an outcome that does not count the treatment itself");
  }
}
