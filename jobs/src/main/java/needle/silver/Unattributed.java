package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trunc;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How many facts of each source and month could not be given to a person, beside how many could.
 */
public final class Unattributed implements Job {
  public static final TableContract TABLE =
      table(SILVER, "unattributed", "Facts without a person, per source and month")
          .oneRowPer("source", "month_start")
          .column("source", TEXT, "The silver table")
          .column("month_start", DATE, "Month of the facts")
          .column("facts", WHOLE, "All facts")
          .column(
              "unattributed", WHOLE, "Facts whose id is unknown, not valid on the day, or a queue")
          .check("unattributed <= facts", "no more are unattributed than there are");

  /** Each table of facts about people, with the column that dates them. */
  private static final Map<TableContract, String> FACTS =
      new TreeMap<>(java.util.Comparator.comparing(TableContract::name));

  static {
    FACTS.put(LearningRecords.TABLE, "completed_on");
    FACTS.put(Sales.TABLE, "closed_on");
    FACTS.put(ServiceCases.TABLE, "closed_on");
    FACTS.put(ComplianceFindings.TABLE, "found_on");
    FACTS.put(Incidents.TABLE, "occurred_on");
    FACTS.put(NearMisses.TABLE, "reported_on");
    FACTS.put(HoursWorked.TABLE, "work_date");
    FACTS.put(Assessments.TABLE, "taken_on");
  }

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.copyOf(FACTS.keySet());
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    return FACTS.entrySet().stream()
        .map(
            e ->
                in.rows(e.getKey())
                    .groupBy(
                        lit(e.getKey().name()).as("source"),
                        trunc(col(e.getValue()), "month").as("month_start"))
                    .agg(
                        count(lit(1)).as("facts"),
                        count_if(col("employee_id").isNull()).as("unattributed")))
        .reduce(Dataset::unionByName)
        .orElseThrow();
  }
}
