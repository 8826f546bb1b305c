package needle.panel;

import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import needle.kit.ExactSum;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Employments;
import needle.silver.LearningRecords;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Whether each learning source still knows the people who left.
 *
 * <p>An extract of active users forgets leavers with their training, so that training seems to keep
 * people. Everybody who left in the run's period and is not back is compared with those who stayed
 * to its end and had, in the month of leaving, a tenure of the same band: the share with a record
 * dated by then. Leavers are missing where fewer than half of the expected have one, and so few
 * would be rarer than 1 in 100 (binomial; it is wider than the sum of unequal chances, so the test
 * errs towards not missing). Where even none at all would not be that rare, nothing can be tested.
 */
public final class LeaverCoverage implements Job {
  static final double LEVEL = 0.01;
  static final double LEAST_SHARE_OF_EXPECTED = 0.5;

  public static final TableContract TABLE =
      table(PANEL, "leaver_coverage", "Whether each learning source still knows who left")
          .oneRowPer("source")
          .column("source", TEXT, "The extract")
          .nested(
              "program_ids",
              DataTypes.createArrayType(DataTypes.StringType),
              "Programs with records in it")
          .column("leavers", WHOLE, "People who left and could be compared")
          .column("leavers_with_records", WHOLE, "Those with a record dated before they left")
          .column(
              "expected_with_records", NUMBER, "How many it would be, had they been like stayers")
          .optional("p_value", NUMBER, "Chance of so few; empty when there was nobody to compare")
          .column("is_testable", FLAG, "Whether missing leavers would have been noticed")
          .column("leavers_are_missing", FLAG, "Whether the source has forgotten them")
          .check("leavers_with_records <= leavers", "no more have records than there are");

  private static final UserDefinedFunction AT_MOST =
      udf((UDF3<Long, Long, Double, Double>) LeaverCoverage::chanceOfAtMost, DataTypes.DoubleType);

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(EmployeePeriods.TABLE, Employments.TABLE, LearningRecords.TABLE);
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> records = in.rows(LearningRecords.TABLE);
    Dataset<Row> months = compared(in).crossJoin(records.select("source").distinct());
    Dataset<Row> firstRecords =
        records
            .where(col("employee_id").isNotNull())
            .groupBy("employee_id", "source")
            .agg(min("happened_on").as("first_record_on"));
    Column knew = when(col("first_record_on").leq(col("period_end")), 1.0).otherwise(0.0);
    Dataset<Row> cells =
        months
            .join(firstRecords, new String[] {"employee_id", "source"}, "left")
            .groupBy("source", "period_start", "tenure_band")
            .agg(
                sum(when(col("is_leaver"), 1L).otherwise(0L)).as("leavers"),
                sum(when(col("is_leaver"), knew.cast("bigint")).otherwise(0L)).as("known"),
                avg(when(col("is_leaver"), lit(null)).otherwise(knew)).as("stayers_share"));
    Dataset<Row> sources =
        cells
            .where(col("leavers").gt(0).and(col("stayers_share").isNotNull()))
            .groupBy("source")
            .agg(
                sum("leavers").as("leavers"),
                sum("known").as("leavers_with_records"),
                ExactSum.settled(sum(col("leavers").multiply(col("stayers_share"))))
                    .as("expected_with_records"));
    return programs(in, records)
        .join(judged(sources), new String[] {"source"}, "left")
        .na()
        .fill(0L, new String[] {"leavers", "leavers_with_records"})
        .na()
        .fill(0.0, new String[] {"expected_with_records"})
        .na()
        .fill(false, new String[] {"is_testable", "leavers_are_missing"});
  }

  /** Who left, in the month of leaving, and who stayed, in every month, each with a tenure band. */
  private static Dataset<Row> compared(Inputs in) {
    Column start = lit(in.period().start().toString()).cast("date");
    Column end = lit(in.period().end().toString()).cast("date");
    Dataset<Row> fates =
        in.rows(Employments.TABLE)
            .where(col("hired_on").leq(end))
            .groupBy("employee_id")
            .agg(
                max(col("left_on").isNull().or(col("left_on").gt(end))).as("stays"),
                max("left_on").as("left_on"));
    Column leftThen = trunc(col("left_on"), "month").equalTo(col("period_start"));
    Column isLeaver = col("stays").equalTo(false).and(col("left_on").geq(start)).and(leftThen);
    Column band =
        when(col("tenure_months").lt(12), 0).when(col("tenure_months").lt(36), 1).otherwise(2);
    return in.rows(EmployeePeriods.TABLE)
        .join(fates, new String[] {"employee_id"})
        .withColumn("is_leaver", isLeaver)
        .where(col("stays").or(col("is_leaver")))
        .select(
            col("employee_id"),
            col("period_start"),
            col("period_end"),
            band.as("tenure_band"),
            col("is_leaver"));
  }

  private static Dataset<Row> judged(Dataset<Row> sources) {
    Column expected = col("expected_with_records");
    Column atMost = AT_MOST.apply(col("leavers_with_records"), col("leavers"), expected);
    Column none = AT_MOST.apply(lit(0L), col("leavers"), expected);
    Column fewerThanHalf =
        col("leavers_with_records").lt(expected.multiply(LEAST_SHARE_OF_EXPECTED));
    return sources
        .withColumn("p_value", atMost)
        .withColumn("is_testable", none.lt(LEVEL))
        .withColumn("leavers_are_missing", fewerThanHalf.and(col("p_value").lt(LEVEL)));
  }

  private static Dataset<Row> programs(Inputs in, Dataset<Row> records) {
    Dataset<Row> courses = ProgramCourses.of(in.plans(), records.sparkSession());
    return records
        .join(courses, col("course_id").equalTo(col("program_course_id")), "left")
        .groupBy("source")
        .agg(sort_array(collect_set("program_id")).as("program_ids"));
  }

  /** The chance of at most so many among that many people, of whom so many are expected. */
  static double chanceOfAtMost(long seen, long people, double expected) {
    double chance = Math.min(1, expected / people);
    return new BinomialDistribution(null, Math.toIntExact(people), chance)
        .cumulativeProbability(Math.toIntExact(seen));
  }
}
