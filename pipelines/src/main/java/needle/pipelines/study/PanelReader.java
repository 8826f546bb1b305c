package needle.pipelines.study;

import java.io.IOException;
import java.io.UncheckedIOException;
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
   * @param numbers columns that are computed with
   */
  Dataset<Row> read(
      java.nio.file.Path base, String given, Set<String> names, List<StudyColumn> numbers) {
    Dataset<Row> panel = stored(base, given, names, numbers);
    List<String> dotted =
        Stream.of(panel.columns()).filter(c -> c.contains(".") || c.contains("`")).toList();
    if (!dotted.isEmpty()) {
      throw new InvalidInput(
          "The panel " + given + " has columns that cannot be told from parts of others",
          "a dot or a backtick stands in " + String.join(", ", dotted),
          "rename these columns, such as kpi.value to kpi_value");
    }
    if (panel.isEmpty()) {
      throw new InvalidInput(
          "The panel " + given + " has no rows",
          "its columns are " + String.join(", ", panel.columns()) + ", and nothing stands in them",
          "supply rows: a study needs what was observed of units");
    }
    return panel;
  }

  private Dataset<Row> stored(
      java.nio.file.Path base, String given, Set<String> names, List<StudyColumn> numbers) {
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
        return typed(spark.read().format("delta").load(path.toString()), numbers);
      }
      String name = path.getName().toLowerCase(Locale.ROOT);
      if (files.getFileStatus(path).isFile() && files.getFileStatus(path).getLen() == 0) {
        throw unreadable(path, "it is empty");
      }
      if (name.endsWith(".csv")) {
        return new CsvPanel(spark, path).read(names, numbers);
      }
      if (name.endsWith(".parquet") || files.getFileStatus(path).isDirectory()) {
        return typed(ParquetPanel.read(spark, path), numbers);
      }
    } catch (IOException | UncheckedIOException e) {
      throw unreadable(path, e.getMessage());
    } catch (Exception e) {
      if (e instanceof AnalysisException || e instanceof SparkException) {
        throw unreadable(path, Failure.of(e).cause());
      }
      throw e;
    }
    throw unreadable(path, "its name ends neither in .csv nor in .parquet");
  }

  // Where columns have types, text that looks like numbers stays text, and rows have no lines.
  private static Dataset<Row> typed(Dataset<Row> panel, List<StudyColumn> numbers) {
    return NumberColumns.of(panel, numbers).told(panel, false, (column, value) -> "");
  }

  static InvalidInput unreadable(Path path, String why) {
    return new InvalidInput(
        "The panel " + path + " cannot be read",
        why,
        "give a CSV file with a header, a Parquet file or folder, or a Delta table");
  }
}
