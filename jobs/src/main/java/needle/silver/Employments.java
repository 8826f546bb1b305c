package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.upper;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.bronze.Delivery;
import needle.bronze.Hris;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Every spell of employment of every person; a rehire starts a new one. */
public final class Employments implements Job {
  // SuccessFactors ships TERVOL… as the reasons for leaving of one's own accord; TERM_RESIGN is as
  // common.
  private static final String CHOSE_TO_LEAVE = "^(TERVOL|TERM_RESIGN)";

  public static final TableContract TABLE =
      table(SILVER, "employments", "Spells of employment")
          .oneRowPer("employee_id", "hired_on")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("hired_on", DATE, "First day of the spell")
          .optional("left_on", DATE, "Last day of the spell; empty while employed")
          .column("is_voluntary_exit", FLAG, "Whether the person chose to leave")
          .column("is_regretted_exit", FLAG, "Whether the company would have kept the person")
          .check("left_on is null or left_on >= hired_on", "a spell does not end before it starts");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Hris.EMP_EMPLOYMENT, Hris.EMP_TERMINATION);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> spells =
        Delivery.newest(
                EmploymentRecords.of(in),
                "last_modified_date_time",
                "person_id_external",
                "start_date")
            .as("e");
    Dataset<Row> exits =
        Delivery.newest(
                in.rows(Hris.EMP_TERMINATION),
                "last_modified_date_time",
                "person_id_external",
                "user_id",
                "end_date")
            .as("t");
    Column samePerson = col("e.person_id_external").equalTo(col("t.person_id_external"));
    Column sameSpell =
        samePerson
            .and(col("e.user_id").equalTo(col("t.user_id")))
            .and(col("e.end_date").equalTo(col("t.end_date")));
    Column voluntary = upper(col("t.event_reason")).rlike(CHOSE_TO_LEAVE);
    return spells
        .join(exits, sameSpell, "left")
        .select(
            Identities.employeeId(in, col("e.person_id_external")),
            col("e.start_date").as("hired_on"),
            when(col("e.end_date").lt(EmploymentRecords.OPEN_END), col("e.end_date")).as("left_on"),
            coalesce(voluntary, lit(false)).as("is_voluntary_exit"),
            coalesce(col("t.regret_termination"), lit(false)).as("is_regretted_exit"));
  }
}
