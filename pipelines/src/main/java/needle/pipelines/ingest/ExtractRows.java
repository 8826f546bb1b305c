package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.rint;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.net.URI;
import java.sql.Date;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import needle.kit.ColumnType;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.ExtractContract;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.util.SerializableConfiguration;

/** The records of delivered files as rows of texts, in whatever format they came. */
final class ExtractRows {
  /** A part of a file, for one task. */
  public record Slice(LandedFile file, LandedFile.Part part) implements Serializable {
    long bytes() {
      return Math.min(part.end(), Math.max(part.start(), file.bytes())) - part.start();
    }
  }

  /** Up to here a double holds every whole number. */
  private static final double MOST_WHOLE = 0x1p53;

  private ExtractRows() {}

  /** Rows of {@link ExtractFile#schema}. */
  static Dataset<Row> of(SparkSession spark, ExtractContract contract, List<LandedFile> files) {
    List<LandedFile> withRecords = files.stream().filter(LandedFile::hasRecords).toList();
    if (withRecords.isEmpty()) {
      return spark.createDataFrame(List.of(), ExtractFile.schema(contract));
    }
    return contract.dialect().format() == Dialect.Format.PARQUET
        ? withRecords.stream()
            .map(f -> parquet(spark, contract, f))
            .reduce(Dataset::unionByName)
            .orElseThrow()
        : texts(spark, contract, withRecords);
  }

  private static Dataset<Row> texts(
      SparkSession spark, ExtractContract contract, List<LandedFile> files) {
    LandedFile.Part whole = new LandedFile.Part(0, Long.MAX_VALUE, 0);
    List<Slice> slices = new ArrayList<>();
    for (LandedFile file : files) {
      List<LandedFile.Part> parts = file.parts().isEmpty() ? List.of(whole) : file.parts();
      parts.forEach(part -> slices.add(new Slice(file, part)));
    }
    SerializableConfiguration conf =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    List<List<Slice>> perTask = spread(slices, spark.sparkContext().defaultParallelism());
    RDD<Slice> placed =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(perTask, perTask.size())
            .flatMap(List::iterator)
            .rdd();
    return spark
        .createDataset(placed, Encoders.javaSerialization(Slice.class))
        .flatMap(
            (FlatMapFunction<Slice, Row>)
                s -> ExtractFile.open(contract, s.file(), s.part(), conf.value()),
            Encoders.row(ExtractFile.schema(contract)));
  }

  /** What each of at most so many tasks reads: about as many bytes as every other. */
  static List<List<Slice>> spread(List<Slice> slices, int tasks) {
    PriorityQueue<Share> shares = new PriorityQueue<>(Comparator.comparingLong(Share::bytes));
    for (int i = 0; i < Math.min(slices.size(), tasks); i++) {
      shares.add(new Share(0, new ArrayList<>()));
    }
    slices.stream()
        .sorted(Comparator.comparingLong(Slice::bytes).reversed())
        .forEach(slice -> shares.add(shares.remove().with(slice)));
    return shares.stream().map(Share::slices).toList();
  }

  private record Share(long bytes, List<Slice> slices) {
    Share with(Slice slice) {
      slices.add(slice);
      return new Share(bytes + slice.bytes(), slices);
    }
  }

  private static Dataset<Row> parquet(
      SparkSession spark, ExtractContract declared, LandedFile file) {
    ExtractContract contract = declared.asNamedIn(file.header());
    Dataset<Row> rows =
        spark
            .read()
            .option("mergeSchema", "false")
            .parquet(withoutGlobs(new Path(URI.create(file.uri())).toString()));
    List<Column> columns = new ArrayList<>();
    columns.add(lit(file.name()).as("_file"));
    columns.add(col("_metadata.row_index").plus(1).as("_line"));
    columns.add(lit(Date.valueOf(file.deliveredOn())).as("_delivered_on"));
    columns.add(lit(file.sha256()).as("_sha256"));
    columns.add(raw(contract, rows.schema()).as("_raw"));
    columns.add(lit(null).cast(DataTypes.StringType).as("_fault"));
    for (ExtractContract.Field field : contract.readFields()) {
      if (!field.isDropped()) {
        DataType type = rows.schema().apply(field.source()).dataType();
        Column value = col(quoted(field.source()));
        Column text =
            field.type() == ColumnType.INSTANT && type instanceof TimestampType
                ? ofInstant(value, field, contract.dialect().timezone())
                : text(value, type);
        columns.add(text.as(TypedColumns.TEXT + field.name()));
      }
    }
    return rows.select(columns.toArray(Column[]::new));
  }

  // Such a column knows its instants: the contract's zone is for times that do not.
  private static Column ofInstant(Column value, ExtractContract.Field field, String zone) {
    return field.format().equals("iso_instant")
        ? concat(value.cast(DataTypes.StringType), lit("Z"))
        : from_utc_timestamp(value, zone).cast(DataTypes.StringType);
  }

  private static Column text(Column value, DataType type) {
    if (type instanceof StructType || type.typeName().matches("array|map|variant")) {
      return to_json(value);
    }
    Column text = value.cast(DataTypes.StringType);
    // Whole numbers with gaps are doubles to pandas: the id 204 is not 204.0.
    return type instanceof DoubleType || type instanceof FloatType
        ? when(
                value.equalTo(rint(value)).and(abs(value).leq(MOST_WHOLE)),
                value.cast(DataTypes.LongType).cast(DataTypes.StringType))
            .otherwise(text)
        : text;
  }

  private static Column raw(ExtractContract contract, StructType schema) {
    List<Column> kept = new ArrayList<>();
    for (StructField column : schema.fields()) {
      if (contract.mayKeep(column.name())) {
        kept.add(col(quoted(column.name())));
      }
    }
    return to_json(struct(kept.toArray(Column[]::new)));
  }

  private static String quoted(String column) {
    return "`" + column.replace("`", "``") + "`";
  }

  // Spark takes brackets and stars in a path for a pattern, and would read another file.
  private static String withoutGlobs(String path) {
    return path.replaceAll("([\\[\\]{}*?])", "\\\\$1");
  }
}
