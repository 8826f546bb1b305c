package needle.kit;

import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Everything that a job may know: its input tables, the run's period, the registered KPIs and
 * plans.
 */
public interface Inputs {
  /** The rows of an input table, as staged or published for this run. */
  Dataset<Row> rows(TableContract table);

  /**
   * Those of the rows that this run computes; the columns are the job's unit (see {@link
   * Increment}). A job that multiplies its inputs' rows drops early what nobody asked for.
   */
  default Dataset<Row> wanted(Dataset<Row> rows) {
    return rows;
  }

  /**
   * Rows that follow from what changed, or from the units that are computed: sent to every task
   * where these are few, so that what they are looked up in stays where it is.
   */
  default Dataset<Row> few(Dataset<Row> rows) {
    return rows;
  }

  /**
   * Rows that a job reads several times: a run that computes a few units only computes them once.
   */
  default Dataset<Row> reused(Dataset<Row> rows) {
    return rows;
  }

  /**
   * Those rows of a history whose column holds one of the keys. A run that computes what a delivery
   * touches passes over the parts of the history that lie between them.
   *
   * @param keys few rows (see {@link #few}) of one column, of any name but those of the history's
   */
  default Dataset<Row> among(Dataset<Row> history, String column, Dataset<Row> keys) {
    return history.join(
        few(keys), history.col(column).equalTo(keys.col(keys.columns()[0])), "left_semi");
  }

  /**
   * What several jobs derive alike from the same changes of an input: derived once in a run.
   *
   * @param name tells it from whatever else is derived from these changes
   */
  default Dataset<Row> once(String name, Supplier<Dataset<Row>> derived) {
    return derived.get();
  }

  /** The months that the run covers. "Today" does not exist in a job. */
  Period period();

  /** The registered KPIs. */
  List<Kpi> kpis();

  /** The registered measurement plans. */
  List<MeasurementPlan> plans();

  /**
   * The keyed hash (HMAC-SHA-256) of a person's natural key; the key itself never reaches a table.
   */
  Column pseudonym(Column naturalKey);
}
