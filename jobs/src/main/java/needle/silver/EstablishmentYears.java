package needle.silver;

import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import needle.bronze.Delivery;
import needle.bronze.Safety;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Yearly OSHA 300A totals per establishment, in their newest filing: the check on the case log. */
public final class EstablishmentYears implements Job {
  public static final TableContract TABLE =
      table(SILVER, "establishment_years", "OSHA 300A totals per establishment and year")
          .oneRowPer("establishment_id", "filing_year")
          .column("establishment_id", TEXT, "Establishment")
          .column("filing_year", WHOLE, "Year")
          .optional("average_employees", WHOLE, "Average number of employees")
          .optional("hours_worked", NUMBER, "Hours worked by all employees")
          .column(
              "recordable_cases",
              WHOLE,
              "Deaths and cases with days away, restriction or other treatment")
          .column("is_restated", FLAG, "Whether the filing replaced an earlier one");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Safety.SUMMARY_300A);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column cases = lit(0L);
    for (String part :
        List.of("total_deaths", "total_dafw_cases", "total_djtr_cases", "total_other_cases")) {
      cases = cases.plus(coalesce(col(part), lit(0L)));
    }
    return Delivery.newest(
            in.rows(Safety.SUMMARY_300A),
            "created_timestamp",
            "establishment_id",
            "year_filing_for")
        .select(
            col("establishment_id"),
            col("year_filing_for").as("filing_year"),
            col("annual_average_employees").as("average_employees"),
            col("total_hours_worked").as("hours_worked"),
            cases.as("recordable_cases"),
            col("change_reason").isNotNull().as("is_restated"));
  }
}
