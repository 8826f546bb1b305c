package needle.panel;

import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min_by;

import java.util.List;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.EmploymentHistory;
import needle.silver.Employments;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Each person's first team in the period: who was trained together. */
public final class HomeTeams implements Job {
  public static final TableContract TABLE =
      table(PANEL, "home_teams", "First team of each person in the period")
          .oneRowPer("employee_id")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("home_team_id", TEXT, "The team; who never had one has no row");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Employments.TABLE, EmploymentHistory.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Column runStart = lit(in.period().start().toString()).cast("date");
    Column runEnd = lit(in.period().end().toString()).cast("date");
    Dataset<Row> spells =
        in.rows(Employments.TABLE)
            .select(
                col("employee_id"),
                greatest(col("hired_on"), runStart).as("first_day"),
                least(coalesce(col("left_on"), runEnd), runEnd).as("last_day"));
    Column heldInSpell =
        col("valid_from").leq(col("last_day")).and(col("valid_to").gt(col("first_day")));
    return spells
        .join(in.rows(EmploymentHistory.TABLE), "employee_id")
        .where(heldInSpell.and(col("team_id").isNotNull()))
        .groupBy("employee_id")
        .agg(
            min_by(col("team_id"), greatest(col("first_day"), col("valid_from")))
                .as("home_team_id"));
  }
}
