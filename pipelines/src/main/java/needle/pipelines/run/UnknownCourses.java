package needle.pipelines.run;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import needle.kit.MeasurementPlan;
import needle.kit.Period;
import needle.pipelines.config.Nearest;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Encoders;

/**
 * Warns of plans whose courses no learning record has, though their launch is past: a course id
 * that is written in another way looks as if nobody had been trained.
 */
public final class UnknownCourses {
  private UnknownCourses() {}

  /** Enters every course that nobody took in the ledger, and tells it. */
  public static void tell(
      DeltaTables tables,
      RunLedger ledger,
      List<MeasurementPlan> plans,
      Period period,
      PrintWriter terminal) {
    String table = LearningRecords.TABLE.qualifiedName();
    Optional<Long> version = Optional.ofNullable(ledger.staged().get(table));
    if (version.isEmpty()) {
      return;
    }
    Set<String> known =
        Set.copyOf(
            tables
                .at(table, version.get())
                .select("course_id")
                .distinct()
                .as(Encoders.STRING())
                .collectAsList());
    Warnings.tell(table, warnings(plans, period, known), ledger, terminal);
  }

  static List<String> warnings(List<MeasurementPlan> plans, Period period, Set<String> known) {
    List<String> warnings = new ArrayList<>();
    for (MeasurementPlan plan : plans) {
      for (String course : plan.courseIds()) {
        if (!plan.launchOn().isAfter(period.end()) && !known.contains(course)) {
          String meant =
              Nearest.of(course, known).map(near -> "; did you mean " + near + "?").orElse("");
          warnings.add(
              "no learning record has the course "
                  + course
                  + " of plan "
                  + plan.programId()
                  + meant);
        }
      }
    }
    return warnings;
  }
}
