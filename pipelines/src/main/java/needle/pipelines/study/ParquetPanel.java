package needle.pipelines.study;

import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeUnit;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/** A panel from a Parquet file or folder. */
final class ParquetPanel {
  private ParquetPanel() {}

  static Dataset<Row> read(SparkSession spark, Path path) throws IOException {
    // What pandas writes for a moment. Spark knows it as a number only, which is no period.
    spark.conf().set("spark.sql.legacy.parquet.nanosAsLong", true);
    Dataset<Row> panel;
    try {
      panel = spark.read().parquet(path.toString());
    } finally {
      spark.conf().unset("spark.sql.legacy.parquet.nanosAsLong");
    }
    Map<String, Boolean> moments = moments(spark, panel);
    return moments.isEmpty()
        ? panel
        : panel.select(
            Stream.of(panel.columns())
                .map(c -> moments.containsKey(c) ? moment(c, moments.get(c)) : expr(quoted(c)))
                .toArray(Column[]::new));
  }

  // Without a zone it is the same day everywhere.
  private static Column moment(String column, boolean hasZone) {
    return expr("timestamp_micros(" + quoted(column) + " div 1000)")
        .cast(hasZone ? DataTypes.TimestampType : DataTypes.TimestampNTZType)
        .as(column);
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  // The columns of nanoseconds since 1970, by the file that Spark takes for all of a folder, and
  // whether these are moments in UTC.
  private static Map<String, Boolean> moments(SparkSession spark, Dataset<Row> panel)
      throws IOException {
    Map<String, Boolean> moments = new HashMap<>();
    if (panel.inputFiles().length == 0) {
      return moments;
    }
    Path first = new Path(URI.create(panel.inputFiles()[0]));
    try (ParquetFileReader file =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(first, spark.sessionState().newHadoopConf()))) {
      for (Type type : file.getFileMetaData().getSchema().getFields()) {
        if (type.getLogicalTypeAnnotation() instanceof TimestampLogicalTypeAnnotation moment
            && moment.getUnit() == TimeUnit.NANOS) {
          moments.put(type.getName(), moment.isAdjustedToUTC());
        }
      }
    }
    return moments;
  }
}
