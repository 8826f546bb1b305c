package needle.pipelines.study;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.is_valid_utf8;
import static org.apache.spark.sql.functions.not;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import needle.kit.InvalidInput;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A panel from a CSV file with a header, or a folder of such files. */
final class CsvPanel {
  private static final String CORRUPT = "_corrupt";

  private final SparkSession spark;
  private final Path path;

  CsvPanel(SparkSession spark, Path path) {
    this.spark = spark;
    this.path = path;
  }

  /**
   * @param names columns whose values are names, whatever they look like
   * @param numbers columns that are computed with, by their role
   */
  Dataset<Row> read(Set<String> names, List<StudyColumn> numbers) {
    Dataset<Row> text = spark.read().text(path.toString());
    CsvLines lines = CsvLines.of(text.inputFiles(), spark.sessionState().newHadoopConf());
    requireUtf8(text, lines);
    requireDifferent(lines.header());
    // To a reader of numbers 0D and 0F are both zero.
    StructType schema = new StructType();
    for (StructField field :
        reader().option("inferSchema", "true").csv(path.toString()).schema().fields()) {
      schema =
          schema.add(
              field.name(), names.contains(field.name()) ? DataTypes.StringType : field.dataType());
    }
    requireWholeRows(schema);
    Dataset<Row> panel = reader().schema(schema).csv(path.toString());
    return NumberColumns.of(panel, numbers).told(panel, true, lines::placeOf);
  }

  private DataFrameReader reader() {
    return spark.read().option("header", "true").option("nullValue", "NA");
  }

  // What is not in UTF-8 would be read as the same sign, and Zürich and Zörich as one place.
  private void requireUtf8(Dataset<Row> text, CsvLines lines) {
    if (!text.where(not(is_valid_utf8(col("value")))).isEmpty()) {
      throw new InvalidInput(
          "The panel " + path + " cannot be read",
          "a CSV file is read as UTF-8, and " + lines.notUtf8().orElse("a line is not"),
          "save it as UTF-8, in spreadsheets \"CSV UTF-8\", in pandas encoding=\"utf-8\"");
    }
  }

  // Spark would give both another name; it does not tell apart by capitals.
  private void requireDifferent(List<String> header) {
    Set<String> seen = new HashSet<>();
    for (String name : header) {
      if (name != null && !name.isBlank() && !seen.add(name.toLowerCase(Locale.ROOT))) {
        throw new InvalidInput(
            "The panel " + path + " cannot be read",
            "its header has the column " + name + " twice, capitals aside",
            "rename one of both, or leave it out");
      }
    }
  }

  // A row with too few or too many cells would otherwise be filled up or cut in silence.
  private void requireWholeRows(StructType schema) {
    Dataset<Row> checked =
        reader()
            .schema(schema.add(CORRUPT, "string"))
            .option("columnNameOfCorruptRecord", CORRUPT)
            .csv(path.toString())
            .cache();
    try {
      checked
          .where(CORRUPT + " is not null")
          .limit(1)
          .collectAsList()
          .forEach(
              row -> {
                throw PanelReader.unreadable(
                    path,
                    "a row does not have the "
                        + schema.size()
                        + " cells of the header: "
                        + row.getAs(CORRUPT));
              });
    } finally {
      checked.unpersist();
    }
  }
}
