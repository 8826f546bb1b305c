package needle.estimate;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.year;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import needle.kit.ExactSum;
import needle.kit.MeasurementPlan;
import needle.kit.MeasurementPlan.Question;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * The employee panel as its studies read it: months summed to the periods that each plan asks for,
 * the outcome as numerator over denominator, periods as running numbers.
 *
 * <p>Held in memory until closed, because every study reads its part.
 */
final class StudyPanels implements AutoCloseable {
  static final String UNIT = "employee_id";
  static final String PERIOD = "period";
  static final String OUTCOME = "outcome";
  static final String ADOPTED = "cohort";
  static final String CLUSTER = "cluster";
  static final String PEERS = "peers";

  private static final String CLUSTERED_BY = "clustered_by";

  private static final StructType QUESTION =
      new StructType()
          .add("program_id", "string")
          .add("kpi_id", "string")
          .add("months", "int")
          .add(CLUSTERED_BY, "string")
          .add("anticipation", "int");

  private final Dataset<Row> periods;
  private final Map<String, Double> baselines;

  private StudyPanels(Dataset<Row> periods) {
    this.periods = periods;
    this.baselines = baselines(periods);
  }

  static StudyPanels of(Dataset<Row> employeePanel, List<MeasurementPlan> plans) {
    Column clusterValue =
        when(col(CLUSTERED_BY).equalTo("site_id"), col("site_id"))
            .when(col(CLUSTERED_BY).equalTo("team_id"), col("team_id"));
    Dataset<Row> questions = broadcast(questions(employeePanel.sparkSession(), plans));
    Dataset<Row> periods =
        employeePanel
            .join(questions, new String[] {"program_id", "kpi_id"})
            // Who has no team was trained with nobody: a cluster of one.
            .withColumn(CLUSTER, coalesce(clusterValue, col(UNIT)))
            // Teams within clusters; where a cluster is a team, nothing is said twice.
            .withColumn(
                PEERS,
                when(
                    col(CLUSTERED_BY).equalTo("site_id"),
                    concat_ws("/", col("site_id"), coalesce(col("team_id"), col(UNIT)))))
            .withColumn(PERIOD, number(col("period_start"), col("months")))
            .withColumn(ADOPTED, number(col("cohort_start"), col("months")))
            .groupBy("program_id", "kpi_id", UNIT, PERIOD, ADOPTED, "anticipation")
            .agg(
                expr("min(" + CLUSTER + ")").as(CLUSTER),
                expr("min(" + PEERS + ")").as(PEERS),
                ExactSum.settled(sum("numerator")).as("numerator"),
                ExactSum.settled(sum("denominator")).as("denominator"))
            .withColumn(
                OUTCOME,
                when(col("denominator").gt(0), col("numerator").divide(col("denominator"))));
    return new StudyPanels(periods.persist(StorageLevel.MEMORY_AND_DISK()));
  }

  /** The panel of one question: one row per employee and period. */
  Dataset<Row> of(String programId, Question question) {
    return periods
        .where(col("program_id").equalTo(programId).and(col("kpi_id").equalTo(question.kpiId())))
        .select(UNIT, PERIOD, OUTCOME, ADOPTED, CLUSTER, PEERS);
  }

  /** The column of the team, where the plan's clusters hold teams together. */
  static Optional<String> peers(Question question) {
    return switch (question.cluster()) {
      case "team_id" -> Optional.of(CLUSTER);
      case "site_id" -> Optional.of(PEERS);
      default -> Optional.empty();
    };
  }

  /** The KPI of the trained in the periods before their training could matter. */
  OptionalDouble baseline(String programId, String kpiId) {
    Double value = baselines.get(programId + "/" + kpiId);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  private static Map<String, Double> baselines(Dataset<Row> periods) {
    Map<String, Double> baselines = new HashMap<>();
    periods
        .where(col(PERIOD).lt(col(ADOPTED).minus(col("anticipation"))))
        .groupBy("program_id", "kpi_id")
        .agg(ExactSum.of("numerator").as("numerator"), ExactSum.of("denominator").as("denominator"))
        .where(col("denominator").gt(0))
        .collectAsList()
        .forEach(
            r ->
                baselines.put(
                    r.getString(0) + "/" + r.getString(1), r.getDouble(2) / r.getDouble(3)));
    return baselines;
  }

  private static Column number(Column day, Column months) {
    Column running = year(day).multiply(12).plus(month(day)).minus(1);
    return floor(running.divide(months)).cast("int");
  }

  // A table, not an expression: what every task of every study is sent does not grow with them.
  private static Dataset<Row> questions(SparkSession spark, List<MeasurementPlan> plans) {
    List<Row> rows = new ArrayList<>();
    for (MeasurementPlan plan : plans) {
      for (Question question : plan.questions()) {
        rows.add(
            RowFactory.create(
                plan.programId(),
                question.kpiId(),
                question.grain().months(),
                question.cluster(),
                question.anticipationPeriods()));
      }
    }
    return spark.createDataFrame(rows, QUESTION);
  }

  @Override
  public void close() {
    periods.unpersist(true);
  }
}
