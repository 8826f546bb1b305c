package needle.pipelines.study;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.pipelines.Failure;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A panel from a CSV file with a header, from Parquet, or from a Delta table. */
final class PanelReader {
  private final SparkSession spark;

  PanelReader(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * Reads the panel.
   *
   * @param base the study file's folder, which a relative path starts from
   * @param names columns of which a CSV file's values are names, whatever they look like
   */
  Dataset<Row> read(java.nio.file.Path base, String given, Set<String> names) {
    Dataset<Row> panel = stored(base, given, names);
    List<String> dotted =
        Stream.of(panel.columns()).filter(c -> c.contains(".") || c.contains("`")).toList();
    if (!dotted.isEmpty()) {
      throw new InvalidInput(
          "The panel " + given + " has columns that cannot be told from parts of others",
          "a dot or a backtick stands in " + String.join(", ", dotted),
          "rename these columns, such as kpi.value to kpi_value");
    }
    return panel;
  }

  private Dataset<Row> stored(java.nio.file.Path base, String given, Set<String> names) {
    Path path = given.contains("://") ? new Path(given) : new Path(base.resolve(given).toString());
    try {
      FileSystem files = path.getFileSystem(spark.sessionState().newHadoopConf());
      if (!files.exists(path)) {
        throw new InvalidInput(
            "There is no panel at " + path,
            "the study file names " + given + ", and it does not exist",
            "give a path that exists; a relative one starts from the study file's folder");
      }
      if (files.exists(new Path(path, "_delta_log"))) {
        return spark.read().format("delta").load(path.toString());
      }
      String name = path.getName().toLowerCase(Locale.ROOT);
      if (files.getFileStatus(path).isFile() && files.getFileStatus(path).getLen() == 0) {
        throw unreadable(path, "it is empty");
      }
      if (name.endsWith(".csv")) {
        return csv(path, names);
      }
      if (name.endsWith(".parquet") || files.getFileStatus(path).isDirectory()) {
        return ParquetPanel.read(spark, path);
      }
    } catch (IOException e) {
      throw unreadable(path, e.getMessage());
    } catch (Exception e) {
      if (e instanceof AnalysisException || e instanceof SparkException) {
        throw unreadable(path, Failure.of(e).cause());
      }
      throw e;
    }
    throw unreadable(path, "its name ends neither in .csv nor in .parquet");
  }

  // A row with too few or too many cells would otherwise be filled up or cut in silence.
  private Dataset<Row> csv(Path path, Set<String> names) {
    Dataset<Row> panel =
        spark
            .read()
            .option("header", "true")
            .option("inferSchema", "true")
            .option("nullValue", "NA")
            .option("columnNameOfCorruptRecord", "_corrupt")
            .csv(path.toString());
    // To a reader of numbers 0D and 0F are both zero.
    StructType schema = new StructType();
    for (StructField field : panel.schema().fields()) {
      schema =
          schema.add(
              field.name(), names.contains(field.name()) ? DataTypes.StringType : field.dataType());
    }
    Dataset<Row> checked =
        spark
            .read()
            .schema(schema.add("_corrupt", "string"))
            .option("header", "true")
            .option("nullValue", "NA")
            .option("columnNameOfCorruptRecord", "_corrupt")
            .csv(path.toString())
            .cache();
    try {
      checked
          .where("_corrupt is not null")
          .limit(1)
          .collectAsList()
          .forEach(
              row -> {
                throw unreadable(
                    path,
                    "a row does not have the "
                        + panel.columns().length
                        + " cells of the header: "
                        + row.getAs("_corrupt"));
              });
    } finally {
      checked.unpersist();
    }
    return spark
        .read()
        .schema(schema)
        .option("header", "true")
        .option("nullValue", "NA")
        .csv(path.toString());
  }

  private static InvalidInput unreadable(Path path, String why) {
    return new InvalidInput(
        "The panel " + path + " cannot be read",
        why,
        "give a CSV file with a header, a Parquet file or folder, or a Delta table");
  }
}
