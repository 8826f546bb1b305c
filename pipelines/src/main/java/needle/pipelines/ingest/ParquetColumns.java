package needle.pipelines.ingest;

import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;

/**
 * Whether Spark can read the columns of a Parquet file. It refuses a file for any one column, asked
 * for or not, and does not say which file it was.
 */
final class ParquetColumns {
  private ParquetColumns() {}

  /** Why the file cannot be read, every such column with its remedy; null when it can. */
  static String notReadable(List<Type> columns) {
    ParquetToSparkSchemaConverter spark = new ParquetToSparkSchemaConverter(new SQLConf());
    List<String> faults = new ArrayList<>();
    for (Type column : columns) {
      try {
        spark.convert(new MessageType("file", column));
      } catch (Exception e) {
        // An AnalysisException, which no Scala method declares.
        faults.add(
            "its column "
                + column.getName()
                + (holdsNanoseconds(column)
                    ? " holds times in nanoseconds; write microseconds, such as with"
                        + " coerce_timestamps=\"us\" of pandas"
                    : " has the type " + column + ", which Spark cannot read; write another"));
      }
    }
    return faults.isEmpty() ? null : String.join("; ", faults);
  }

  private static boolean holdsNanoseconds(Type type) {
    return type.isPrimitive()
        ? isNanoseconds(type.getLogicalTypeAnnotation())
        : type.asGroupType().getFields().stream().anyMatch(ParquetColumns::holdsNanoseconds);
  }

  private static boolean isNanoseconds(LogicalTypeAnnotation as) {
    return as instanceof LogicalTypeAnnotation.TimestampLogicalTypeAnnotation stamp
            && stamp.getUnit() == TimeUnit.NANOS
        || as instanceof LogicalTypeAnnotation.TimeLogicalTypeAnnotation time
            && time.getUnit() == TimeUnit.NANOS;
  }
}
