package needle.pipelines.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.xxhash64;

import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import needle.kit.TableContract;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.XXH64;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.unsafe.types.UTF8String;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The Delta tables of one warehouse folder, on any Hadoop filesystem, addressed as {@code
 * layer.table} and version.
 */
public final class DeltaTables {
  /** The mark of the file that a row lies in. */
  public static final String HELD_IN = "_held_in";

  private static final long XXH64_SEED = 42;

  private record Version(String table, long number) {}

  private final SparkSession spark;
  private final String warehouse;
  private final Map<Version, HadoopFsRelation> read = new ConcurrentHashMap<>();

  public DeltaTables(SparkSession spark, String warehouse) {
    this.spark = spark;
    this.warehouse =
        warehouse.endsWith("/") ? warehouse.substring(0, warehouse.length() - 1) : warehouse;
  }

  public SparkSession spark() {
    return spark;
  }

  public String warehouse() {
    return warehouse;
  }

  /** Where {@code layer.table} lies. */
  public String path(String table) {
    return warehouse + "/" + table.replace('.', '/');
  }

  /** Where {@code layer.table} lies, independent of the working folder. */
  public String absolutePath(String table) {
    Path path = new Path(path(table));
    try {
      return path.getFileSystem(spark.sessionState().newHadoopConf())
          .makeQualified(path)
          .toString();
    } catch (IOException e) {
      throw new IllegalStateException("cannot look for " + path, e);
    }
  }

  /** Whether the table has at least one version. */
  public boolean exists(String table) {
    Path log = new Path(path(table), "_delta_log");
    try {
      FileSystem files = log.getFileSystem(spark.sessionState().newHadoopConf());
      return files.exists(log)
          && Arrays.stream(files.listStatus(log)).anyMatch(f -> isVersion(f.getPath().getName()));
    } catch (IOException e) {
      throw new IllegalStateException("cannot look for " + log, e);
    }
  }

  // A run that died while it wrote the first version leaves a log with parts of one.
  private static boolean isVersion(String logFile) {
    return logFile.matches("\\d{20}\\.(json|checkpoint\\..*)");
  }

  /** Replaces the table's rows; gives the new version. */
  public long replace(String table, Dataset<Row> rows, String... partitionedBy) {
    // Of a table that is not there Delta would look for files to remove.
    SaveMode mode = exists(table) ? SaveMode.Overwrite : SaveMode.Append;
    writer(rows, mode, partitionedBy).option("overwriteSchema", "true").save(path(table));
    return version(table);
  }

  /** Adds rows to the table; gives the new version. */
  public long append(String table, Dataset<Row> rows, String... partitionedBy) {
    writer(rows, SaveMode.Append, partitionedBy).save(path(table));
    return version(table);
  }

  /** Replaces the rows that the predicate names by these, all of which it names. */
  public void replaceWhere(String table, String predicate, Dataset<Row> rows) {
    DataFrameWriter<Row> writer = writer(rows, SaveMode.Overwrite);
    (exists(table) ? writer.option("replaceWhere", predicate) : writer).save(path(table));
  }

  // Every table keeps a feed of its changes: it tells the next run what to compute again.
  private static DataFrameWriter<Row> writer(
      Dataset<Row> rows, SaveMode mode, String... partitionedBy) {
    return rows.write()
        .format("delta")
        .mode(mode)
        .option("delta.enableChangeDataFeed", "true")
        .partitionBy(partitionedBy);
  }

  /** The table as a target of merges. */
  public DeltaTable target(String table) {
    return DeltaTable.forPath(spark, path(table));
  }

  /** Makes an earlier version the newest again, as one more version. */
  public void restore(String table, long version) {
    target(table).restoreToVersion(version);
  }

  /**
   * Every row that changed between two versions, as it was and as it became. Rows that changed
   * there and back may be among them.
   */
  public Dataset<Row> changes(String table, long after, long upTo) {
    return spark
        .read()
        .format("delta")
        .option("readChangeFeed", "true")
        .option("startingVersion", after + 1)
        .option("endingVersion", upTo)
        .load(path(table));
  }

  /**
   * The same rows without what was done to them, and read like those of a version: the feed gives
   * rows one by one, after a query of its own.
   */
  public Dataset<Row> changedRows(String table, long after, long upTo) {
    DeltaLog log = log(table);
    return commits(table)
        .filesChanged(after, upTo)
        .map(files -> spark.baseRelationToDataFrame(relation(log, snapshot(log, upTo), files)))
        .orElseGet(
            () ->
                changes(table, after, upTo)
                    .drop("_change_type", "_commit_version", "_commit_timestamp"));
  }

  /** The newest version, published or not. */
  public long version(String table) {
    return log(table).update(false, Option.empty(), Option.empty()).version();
  }

  /** The rows of one version. */
  public Dataset<Row> at(String table, long version) {
    return spark.baseRelationToDataFrame(read(table, version));
  }

  private HadoopFsRelation read(String table, long version) {
    return read.computeIfAbsent(new Version(table, version), this::relation);
  }

  /** The rows of one version, each with a mark of the file that it lies in. */
  public Dataset<Row> held(String table, long version) {
    return at(table, version).withColumn(HELD_IN, xxhash64(col("_metadata.file_name")));
  }

  /**
   * Inserts, updates and deletes rows of the newest version in one commit; gives the new version.
   *
   * @param changes the rows, and what happens to each (see {@link FileRewrite})
   * @param heldIn the marks of the files in which rows lie that are updated or deleted
   */
  long change(
      TableContract contract, Dataset<Row> changes, Set<Long> heldIn, FileRewrite.Counts counts) {
    String table = contract.qualifiedName();
    DeltaLog log = log(table);
    long version = version(table);
    FilesOfVersion all = (FilesOfVersion) read(table, version).location();
    List<AddFile> files =
        CollectionConverters.asJava(all.addFiles()).stream()
            .filter(f -> heldIn.contains(mark(f)))
            .toList();
    if (files.size() != heldIn.size()) {
      throw new IllegalStateException(
          table + " was changed while it was compared: its rows lie in other files");
    }
    Dataset<Row> held = spark.baseRelationToDataFrame(relation(log, snapshot(log, version), files));
    return new FileRewrite(contract, log).commit(files, held, changes, counts);
  }

  // As Spark computes it from the file's name.
  private static long mark(AddFile file) {
    String name = file.path().substring(file.path().lastIndexOf('/') + 1);
    return XXH64.hashUTF8String(UTF8String.fromString(name), XXH64_SEED);
  }

  /** The rows of the newest version. */
  public Dataset<Row> latest(String table) {
    return at(table, version(table));
  }

  /**
   * Deletes at once what only older versions hold: none of them can be read, or rolled back to, any
   * more. Files that a run under way is writing would go too, so the warehouse must be locked.
   */
  public void forgetOlderVersions(String table) {
    SparkSession own = spark.newSession();
    own.conf().set("spark.databricks.delta.retentionDurationCheck.enabled", "false");
    // Files of a table are listed by that many tasks, by default 10,000.
    own.conf()
        .set(
            "spark.sql.sources.parallelPartitionDiscovery.parallelism",
            Integer.toString(spark.sparkContext().defaultParallelism()));
    io.delta.tables.DeltaTable.forPath(own, path(table)).vacuum(0);
  }

  /** Whether a commit between two versions replaced the whole table. */
  public boolean isReplaced(String table, long after, long upTo) {
    return commits(table).isReplaced(after, upTo);
  }

  /** How many rows the commit of that version wrote, as its own commit record says. */
  public Optional<Long> rowsWritten(String table, long version) {
    return commits(table).rowsWritten(version);
  }

  /** How many rows the commit of that version changed, as its own commit record says. */
  public Optional<Long> rowsChanged(String table, long version) {
    return commits(table).rowsChanged(version);
  }

  /** The rows that a commit inserted. */
  public Dataset<Row> inserted(String table, long version) {
    DeltaLog log = log(table);
    return commits(table)
        .filesInserted(version)
        .map(files -> spark.baseRelationToDataFrame(relation(log, snapshot(log, version), files)))
        .orElseGet(
            () ->
                changes(table, version - 1, version).where(col("_change_type").equalTo("insert")));
  }

  private HadoopFsRelation relation(Version version) {
    DeltaLog log = log(version.table());
    Snapshot snapshot = snapshot(log, version.number());
    Collection<AddFile> files =
        commits(version.table())
            .files(
                version.number(),
                known -> Optional.ofNullable(read.get(new Version(version.table(), known))))
            .orElseGet(() -> snapshot.allFiles().collectAsList());
    return relation(log, snapshot, files);
  }

  private HadoopFsRelation relation(DeltaLog log, Snapshot snapshot, Collection<AddFile> files) {
    FilesOfVersion index =
        new FilesOfVersion(spark, log, snapshot, CollectionConverters.asScala(files).toSeq());
    return log.buildHadoopFsRelationWithFileIndex(snapshot, index, Option.empty(), false);
  }

  private static Snapshot snapshot(DeltaLog log, long version) {
    return log.getSnapshotAt(version, Option.empty(), Option.empty(), false);
  }

  private Commits commits(String table) {
    return new Commits(log(table));
  }

  private DeltaLog log(String table) {
    return DeltaLog.forTable(spark, path(table));
  }
}
