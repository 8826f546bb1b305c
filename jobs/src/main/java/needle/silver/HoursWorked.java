package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.util.List;
import needle.bronze.Delivery;
import needle.bronze.Safety;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Hours worked per person, pay date and establishment; paid leave is not work. */
public final class HoursWorked implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "hours_worked", "Hours worked, without paid leave")
              .oneRowPer("employee_number_key", "work_date", "establishment_code", "pay_code")
              .column("employee_number_key", TEXT, "Keyed hash of the employee number as delivered")
              .column("work_date", DATE, "Day, or last day of the pay period")
              .column("establishment_code", TEXT, "Establishment at which they were worked")
              .column("pay_code", TEXT, "Kind of hours")
              .column("hours", NUMBER, "Hours")
              .storedByMonthOf("work_date")
              .check("hours between 0 and 400", "hours of a pay period lie between 0 and 400"),
          "the person");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Safety.HOURS_WORKED, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("employee_number", "work_date", "establishment_code", "pay_code")
        .storing(
            "employee_number",
            "employee_number_key",
            all -> Identities.employeeId(all, col("employee_number")))
        .by(Safety.HOURS_WORKED)
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                Identities.facts(
                        changed,
                        all,
                        Safety.HOURS_WORKED,
                        System.EMPLOYEE_NUMBER,
                        col("employee_number"),
                        col("work_date"))
                    .select("employee_number", "work_date", "establishment_code", "pay_code"));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> worked =
        Delivery.newest(
                in.rows(Safety.HOURS_WORKED),
                Delivery.DELIVERED_ON,
                "employee_number",
                "work_date",
                "establishment_code",
                "pay_code")
            .where(not(col("pay_code").isin("PTO", "SICK", "LEAVE")));
    return Identities.attribute(
            worked, in, System.EMPLOYEE_NUMBER, col("employee_number"), col("work_date"))
        .select(
            Identities.employeeId(in, col("employee_number")).as("employee_number_key"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            col("work_date"),
            col("establishment_code"),
            col("pay_code"),
            col("hours_worked").as("hours"));
  }
}
