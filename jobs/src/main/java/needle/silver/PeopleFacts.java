package needle.silver;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trunc;

import java.util.List;
import needle.kit.Inputs;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** All tables of facts about people, and how many of their facts have which person or none. */
final class PeopleFacts {
  private record Dated(TableContract table, String by) {}

  private static final List<Dated> ALL =
      List.of(
          new Dated(LearningRecords.TABLE, "happened_on"),
          new Dated(Assessments.TABLE, "taken_on"),
          new Dated(CourseFeedback.TABLE, "responded_on"),
          new Dated(Sales.TABLE, "closed_on"),
          new Dated(ServiceCases.TABLE, "closed_on"),
          new Dated(ComplianceFindings.TABLE, "found_on"),
          new Dated(Incidents.TABLE, "occurred_on"),
          new Dated(NearMisses.TABLE, "reported_on"),
          new Dated(HoursWorked.TABLE, "work_date"));

  static final List<TableContract> TABLES = ALL.stream().map(Dated::table).toList();

  private PeopleFacts() {}

  /**
   * One row per {@code source}, {@code month_start} and {@code reason} (empty for facts that have a
   * person), with the number of {@code facts}.
   */
  static Dataset<Row> counted(Inputs in) {
    return ALL.stream()
        .map(
            dated ->
                in.rows(dated.table())
                    .groupBy(
                        source(dated.table()).as("source"),
                        trunc(col(dated.by()), "month").as("month_start"),
                        col(Attribution.BECAUSE).as("reason"))
                    .agg(count(lit(1)).as("facts")))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private static Column source(TableContract table) {
    Column name = lit(table.name());
    return table.find("source").isPresent() ? concat_ws("/", name, col("source")) : name;
  }
}
