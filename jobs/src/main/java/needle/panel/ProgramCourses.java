package needle.panel;

import java.util.List;
import needle.kit.MeasurementPlan;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Which course belongs to which program, as the plans say; small enough to send to every task. */
public final class ProgramCourses {
  private ProgramCourses() {}

  /** One row per program and course. */
  public static Dataset<Row> of(List<MeasurementPlan> plans, SparkSession spark) {
    List<Row> rows =
        plans.stream()
            .flatMap(p -> p.courseIds().stream().map(c -> RowFactory.create(p.programId(), c)))
            .toList();
    StructType schema =
        new StructType()
            .add("program_id", DataTypes.StringType)
            .add("program_course_id", DataTypes.StringType);
    return functions.broadcast(spark.createDataFrame(rows, schema));
  }
}
