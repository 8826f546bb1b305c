package needle.gold;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.GOLD;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;

import java.sql.Date;
import java.util.List;
import needle.kit.ExactSum;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.MeasurementPlan;
import needle.kit.TableContract;
import needle.panel.ProgramCourses;
import needle.silver.CourseFeedback;
import needle.silver.Enrolments;
import needle.silver.LearningRecords;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Every program: what it was for, whom it reached, what it cost, and what participants said of it.
 */
public final class Programs implements Job {
  public static final TableContract TABLE =
      table(GOLD, "programs", "Programs with reach, cost and satisfaction")
          .oneRowPer("program_id")
          .column("program_id", TEXT, "Program")
          .column("title", TEXT, "Title")
          .column("business_problem", TEXT, "What it was to solve")
          .column("owner", TEXT, "Who answers for the outcome")
          .column("registered_on", DATE, "Day on which the measurement plan was registered")
          .column("launch_on", DATE, "Planned launch")
          .optional("decision_rule", TEXT, "What was to follow from which result")
          .optional("trained", WHOLE, "People who completed it; empty below 10")
          .optional(
              "completion_share",
              NUMBER,
              "Share of enrolled people who completed; empty below 10 people")
          .optional(
              "satisfaction_mean", NUMBER, "Mean satisfaction, 1 to 5; empty below 10 answers")
          .optional("satisfaction_answers", WHOLE, "Answers; empty below 10")
          .optional("hours_total", NUMBER, "Hours of training; empty below 10 people")
          .optional(
              "cost_usd",
              NUMBER,
              "Fully loaded cost, learners' time included; empty below 10 people")
          .check(
              "completion_share is null or completion_share between 0 and 1",
              "a share lies between 0 and 1");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(LearningRecords.TABLE, Enrolments.TABLE, CourseFeedback.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    SparkSession spark = in.rows(LearningRecords.TABLE).sparkSession();
    Dataset<Row> courses = ProgramCourses.of(in.plans(), spark);
    Dataset<Row> reach =
        in.rows(LearningRecords.TABLE)
            .where(LearningRecords.Kind.COMPLETED.in("kind").and(col("employee_id").isNotNull()))
            .join(courses, ofProgram())
            .groupBy("program_id")
            .agg(
                count_distinct(col("employee_id")).as("trained"),
                ExactSum.of("hours").as("hours_total"));
    Dataset<Row> enrolled =
        in.rows(Enrolments.TABLE)
            .join(courses, ofProgram())
            .groupBy("program_id")
            .agg(
                count(lit(1)).as("enrolled"),
                count_if(col("is_completed")).divide(count(lit(1))).as("completion_share"));
    Dataset<Row> said =
        in.rows(CourseFeedback.TABLE)
            .where(col("satisfaction").isNotNull())
            .join(courses, ofProgram())
            .groupBy("program_id")
            .agg(
                count(lit(1)).as("satisfaction_answers"),
                avg("satisfaction").as("satisfaction_mean"));
    return plans(in.plans(), spark)
        .join(reach, by("program_id"), "left")
        .join(enrolled, by("program_id"), "left")
        .join(said, by("program_id"), "left")
        .withColumn(
            "cost_usd", col("fixed_usd").plus(col("per_learner_usd").multiply(col("trained"))))
        .select(
            col("program_id"),
            col("title"),
            col("business_problem"),
            col("owner"),
            col("registered_on"),
            col("launch_on"),
            col("decision_rule"),
            SmallCells.unlessFew("trained", "trained"),
            SmallCells.unlessFew("completion_share", "enrolled"),
            SmallCells.unlessFew("satisfaction_mean", "satisfaction_answers"),
            SmallCells.unlessFew("satisfaction_answers", "satisfaction_answers"),
            SmallCells.unlessFew("hours_total", "trained"),
            SmallCells.unlessFew("cost_usd", "trained"));
  }

  private static Column ofProgram() {
    return col("course_id").equalTo(col("program_course_id"));
  }

  private static String[] by(String column) {
    return new String[] {column};
  }

  private static Dataset<Row> plans(List<MeasurementPlan> plans, SparkSession spark) {
    List<Row> rows =
        plans.stream()
            .map(
                p ->
                    RowFactory.create(
                        p.programId(),
                        p.title(),
                        p.businessProblem(),
                        p.owner(),
                        Date.valueOf(p.registeredOn()),
                        Date.valueOf(p.launchOn()),
                        p.decision().orElse(null),
                        p.cost().totalUsd(0),
                        p.cost().totalUsd(1) - p.cost().totalUsd(0)))
            .toList();
    StructType schema =
        new StructType()
            .add("program_id", DataTypes.StringType)
            .add("title", DataTypes.StringType)
            .add("business_problem", DataTypes.StringType)
            .add("owner", DataTypes.StringType)
            .add("registered_on", DataTypes.DateType)
            .add("launch_on", DataTypes.DateType)
            .add("decision_rule", DataTypes.StringType)
            .add("fixed_usd", DataTypes.DoubleType)
            .add("per_learner_usd", DataTypes.DoubleType);
    return spark.createDataFrame(rows, schema);
  }
}
