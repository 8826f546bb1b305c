package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trunc;

import java.util.List;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How many facts of each source and month found their person, and why the others did not. */
public final class FactCounts implements Job {
  /** What became of a fact that has a person. */
  static final String ATTRIBUTED = "attributed";

  public static final TableContract TABLE =
      table(SILVER, "fact_counts", "Facts per source and month, by whether they found their person")
          .oneRowPer("source", "month_start", "outcome")
          .column("source", TEXT, "The silver table, and the extract where it has several")
          .column("month_start", DATE, "Month of the facts")
          .column(
              "outcome",
              TEXT,
              ATTRIBUTED + ", or the reason of silver.unattributed why there is no person")
          .column("facts", WHOLE, "Facts")
          .check("facts > 0", "an outcome is listed where it occurs");

  private record Dated(TableContract table, String by) {}

  private static final List<Dated> ALL =
      List.of(
          new Dated(JobRecords.TABLE, "starts_on"),
          new Dated(LearningRecords.TABLE, "happened_on"),
          new Dated(Assessments.TABLE, "taken_on"),
          new Dated(CourseFeedback.TABLE, "responded_on"),
          new Dated(Sales.TABLE, "closed_on"),
          new Dated(ServiceCases.TABLE, "closed_on"),
          new Dated(ComplianceFindings.TABLE, "found_on"),
          new Dated(Incidents.TABLE, "occurred_on"),
          new Dated(NearMisses.TABLE, "reported_on"),
          new Dated(HoursWorked.TABLE, "work_date"));

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return ALL.stream().map(Dated::table).toList();
  }

  @Override
  public Increment increment(Inputs in) {
    Increment months = Increment.per("month_start");
    for (Dated dated : ALL) {
      months = months.byMonth(dated.table(), dated.by());
    }
    return months;
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return ALL.stream()
        .map(
            dated ->
                in.rows(dated.table())
                    .groupBy(
                        source(dated.table()).as("source"),
                        trunc(col(dated.by()), "month").as("month_start"),
                        coalesce(col(Attribution.BECAUSE), lit(ATTRIBUTED)).as("outcome"))
                    .agg(count(lit(1)).as("facts")))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }

  private static Column source(TableContract table) {
    Column name = lit(table.name());
    return table.find("source").isPresent() ? concat_ws("/", name, col("source")) : name;
  }
}
