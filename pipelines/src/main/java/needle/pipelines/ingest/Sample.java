package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import needle.kit.ColumnType;
import needle.kit.InvalidInput;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.config.ExtractContract.Gates;
import needle.pipelines.config.ExtractContract.PersonalData;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A file that a contract is drafted from: how it is written, the columns that it has, and its
 * records, read exactly as ingest would read them.
 */
public final class Sample {
  private static final int MOST_COLUMNS = 1_000;
  private static final int DEEPEST = 5;
  private static final JsonMapper JSON = new JsonMapper();

  private final SparkSession spark;
  private final LandedFile file;
  private final Dialect dialect;
  private final List<String> sources;
  private final Dataset<Row> rows;

  private Sample(SparkSession spark, LandedFile file, Dialect dialect, List<String> sources) {
    this.spark = spark;
    this.file = file;
    this.dialect = dialect;
    this.sources = sources;
    this.rows = ExtractRows.of(spark, asTexts(dialect, sources), List.of(file));
  }

  /** Reads a file of whatever format, on any Hadoop filesystem. */
  public static Sample of(SparkSession spark, String place) {
    Configuration conf = spark.sessionState().newHadoopConf();
    try {
      Path path = new Path(place);
      path = path.getFileSystem(conf).makeQualified(path);
      if (!path.getFileSystem(conf).exists(path)) {
        throw new InvalidInput(
            "There is no file " + place, "it does not exist", "give the path of a sample file");
      }
      String uri = path.toUri().toString();
      Dialect dialect = SampleDialect.of(uri, conf);
      FileSurvey.Found found = FileSurvey.of(uri, dialect, conf);
      FileStatus status = path.getFileSystem(conf).getFileStatus(path);
      LandedFile file =
          new LandedFile(
              "sample",
              uri,
              path.getName(),
              LocalDate.EPOCH,
              found.sha256(),
              status.getLen(),
              status.getModificationTime(),
              found.header(),
              found.records(),
              found.parts(),
              found.unreadable());
      requireRecords(file, place);
      Sample sample = new Sample(spark, file, dialect, sources(file, dialect, spark));
      sample.requireColumns(place);
      return sample;
    } catch (IOException e) {
      throw new InvalidInput(
          "The file " + place + " cannot be read",
          e.getMessage(),
          "check its path and permissions");
    }
  }

  private static void requireRecords(LandedFile file, String place) {
    if (file.isUnreadable() || !file.hasRecords()) {
      throw new InvalidInput(
          "No contract can be drafted from " + place,
          file.isUnreadable() ? file.unreadable() : "it holds no record",
          "give a whole file with records");
    }
  }

  private void requireColumns(String place) {
    Set<String> seen = new LinkedHashSet<>();
    List<String> twice = sources.stream().filter(s -> !seen.add(s)).toList();
    if (sources.isEmpty()
        || sources.stream().anyMatch(String::isBlank)
        || !twice.isEmpty()
        || sources.size() > MOST_COLUMNS) {
      throw new InvalidInput(
          "No contract can be drafted from " + place,
          sources.size() > MOST_COLUMNS
              ? "it has " + sources.size() + " columns, so its members are values rather than names"
              : "its first line does not name every column once: " + sources,
          "give a file whose first line is a header, or whose records are JSON objects of one"
              + " shape; where titles stand above the header, take them out of the sample and tell"
              + " their number as titleLines of the contract");
    }
  }

  // Spreadsheets end their lines with separators; of a line of titles little more is left.
  private static List<String> withoutEmptyEnd(List<String> header) {
    int end = header.size();
    while (end > 0 && header.get(end - 1).isBlank()) {
      end--;
    }
    return 2 * end > header.size() ? header.subList(0, end) : header;
  }

  private static List<String> sources(LandedFile file, Dialect dialect, SparkSession spark) {
    boolean isJson = dialect.isJson();
    if (!isJson) {
      return withoutEmptyEnd(file.header());
    }
    // Whole records, each as the text of one column: a pointer to everything.
    Dataset<Row> whole = ExtractRows.of(spark, asTexts(dialect, List.of("")), List.of(file));
    Set<String> pointers = new LinkedHashSet<>();
    Iterator<Row> records = whole.where(col("_fault").isNull()).toLocalIterator();
    while (records.hasNext() && pointers.size() <= MOST_COLUMNS) {
      try {
        addPointers(
            JSON.readTree(records.next().<String>getAs(TypedColumns.TEXT + "c0")), "", 0, pointers);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return List.copyOf(pointers);
  }

  private static void addPointers(JsonNode node, String at, int depth, Set<String> pointers) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String pointer = at + "/" + member.getKey().replace("~", "~0").replace("/", "~1");
      if (member.getValue().isObject() && depth < DEEPEST && !member.getValue().isEmpty()) {
        addPointers(member.getValue(), pointer, depth + 1, pointers);
      } else {
        pointers.add(pointer);
      }
    }
  }

  private static ExtractContract asTexts(Dialect dialect, List<String> sources) {
    List<Field> fields = new ArrayList<>();
    for (String source : sources) {
      fields.add(
          new Field(
              "c" + fields.size(),
              source,
              ColumnType.TEXT,
              "iso_instant",
              false,
              false,
              PersonalData.KEEP,
              null,
              source));
    }
    return new ExtractContract(
        "sample",
        "0",
        true,
        "sample",
        "sample",
        "sample",
        "sample/sample",
        "*",
        dialect,
        null,
        new Gates(Gates.OFF, Gates.OFF, Gates.OFF),
        0,
        fields,
        List.of());
  }

  public String name() {
    return file.name();
  }

  public Dialect dialect() {
    return dialect;
  }

  /** How the columns are named in the file: headers, JSON pointers, Parquet columns. */
  public List<String> sources() {
    return sources;
  }

  public long records() {
    return file.records();
  }

  /** How many records cannot be taken apart into fields. */
  public long faulty() {
    return rows.where(col("_fault").isNotNull()).count();
  }

  /** The records' texts in the order of the columns, empty ones null; faulty records left out. */
  public Iterator<String[]> texts() {
    String[] columns = new String[sources.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = TypedColumns.TEXT + "c" + i;
    }
    Iterator<Row> found = rows.where(col("_fault").isNull()).selectExpr(columns).toLocalIterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return found.hasNext();
      }

      @Override
      public String[] next() {
        Row row = found.next();
        String[] texts = new String[row.size()];
        for (int i = 0; i < texts.length; i++) {
          texts[i] = row.getString(i);
        }
        return texts;
      }
    };
  }

  /** How many of the records a contract would reject. */
  public long rejectedBy(ExtractContract contract) {
    return TypedColumns.of(ExtractRows.of(spark, contract, List.of(file)), contract)
        .where(col("_reason").isNotNull())
        .count();
  }
}
