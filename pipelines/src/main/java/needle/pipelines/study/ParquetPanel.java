package needle.pipelines.study;

import static org.apache.spark.sql.functions.expr;

import java.io.IOException;
import java.net.URI;
import java.util.HashSet;
import java.util.Set;
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
    Set<String> moments = moments(spark, panel);
    return moments.isEmpty()
        ? panel
        : panel.select(
            Stream.of(panel.columns())
                .map(c -> moments.contains(c) ? moment(c) : expr(quoted(c)))
                .toArray(Column[]::new));
  }

  private static Column moment(String column) {
    return expr("timestamp_micros(" + quoted(column) + " div 1000)").as(column);
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  // The columns of nanoseconds since 1970, by the file that Spark takes for all of a folder.
  private static Set<String> moments(SparkSession spark, Dataset<Row> panel) throws IOException {
    Set<String> moments = new HashSet<>();
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
          moments.add(type.getName());
        }
      }
    }
    return moments;
  }
}
