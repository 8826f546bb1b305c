package needle.pipelines.lake;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.tables.DeltaTable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddCDCFile;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The Delta tables of one warehouse folder, on any Hadoop filesystem, addressed as {@code
 * layer.table} and version.
 */
public final class DeltaTables {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As many as Delta writes between two checkpoints. */
  private static final long MOST_COMMITS = 10;

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

  /** Whether a commit between two versions replaced the whole table. */
  public boolean isReplaced(String table, long after, long upTo) {
    for (long version = after + 1; version <= upTo; version++) {
      if (commit(table, version, "/commitInfo/operationParameters/mode")
          .filter(m -> m.asText().equals("Overwrite"))
          .isPresent()) {
        return true;
      }
    }
    return false;
  }

  /** The newest version, published or not. */
  public long version(String table) {
    return log(table).update(false, Option.empty(), Option.empty()).version();
  }

  /** The rows of one version. */
  public Dataset<Row> at(String table, long version) {
    return spark.baseRelationToDataFrame(
        read.computeIfAbsent(new Version(table, version), this::relation));
  }

  /** The rows of the newest version. */
  public Dataset<Row> latest(String table) {
    return at(table, version(table));
  }

  /** The rows that a commit inserted. */
  public Dataset<Row> inserted(String table, long version) {
    DeltaLog log = log(table);
    boolean onlyAdds =
        isWhole(table, version) || actions(log, version).noneMatch(DeltaTables::takes);
    return onlyAdds
        ? spark.baseRelationToDataFrame(
            relation(log, snapshot(log, version), filesAdded(log, version)))
        : changes(table, version - 1, version).where(col("_change_type").equalTo("insert"));
  }

  private static boolean takes(Action action) {
    return action instanceof RemoveFile || action instanceof AddCDCFile;
  }

  private HadoopFsRelation relation(Version version) {
    DeltaLog log = log(version.table());
    Snapshot snapshot = snapshot(log, version.number());
    return relation(
        log,
        snapshot,
        replayed(version, log)
            .map(files -> CollectionConverters.asScala(files).toSeq())
            .orElseGet(
                () -> CollectionConverters.asScala(snapshot.allFiles().collectAsList()).toSeq()));
  }

  /**
   * The files of a version, from the newest one before whose files are known, commit by commit:
   * Delta itself starts a Spark job for them. Empty where that version is far, or its log is gone.
   */
  private Optional<List<AddFile>> replayed(Version version, DeltaLog log) {
    Map<String, AddFile> files = new LinkedHashMap<>();
    long from = version.number();
    for (; hasCommit(version.table(), from) && !isWhole(version.table(), from); from--) {
      HadoopFsRelation known = read.get(new Version(version.table(), from - 1));
      if (known != null) {
        CollectionConverters.asJava(((FilesOfVersion) known.location()).addFiles())
            .forEach(f -> files.put(key(f.path(), f.getDeletionVectorUniqueId()), f));
        break;
      }
      if (version.number() - from > MOST_COMMITS) {
        return Optional.empty();
      }
    }
    if (!hasCommit(version.table(), from)) {
      return Optional.empty();
    }
    for (; from <= version.number(); from++) {
      actions(log, from)
          .forEach(
              action -> {
                if (action instanceof AddFile f) {
                  files.put(key(f.path(), f.getDeletionVectorUniqueId()), f);
                } else if (action instanceof RemoveFile f) {
                  files.remove(key(f.path(), f.getDeletionVectorUniqueId()));
                }
              });
    }
    return Optional.of(List.copyOf(files.values()));
  }

  // A file whose rows were marked as deleted is another file of the version after.
  private static String key(String path, Option<String> deletionVector) {
    return path + " " + deletionVector;
  }

  private HadoopFsRelation relation(DeltaLog log, Snapshot snapshot, Seq<AddFile> files) {
    return log.buildHadoopFsRelationWithFileIndex(
        snapshot, new FilesOfVersion(spark, log, snapshot, files), Option.empty(), false);
  }

  private static Snapshot snapshot(DeltaLog log, long version) {
    return log.getSnapshotAt(version, Option.empty(), Option.empty(), false);
  }

  private static Seq<AddFile> filesAdded(DeltaLog log, long version) {
    return CollectionConverters.asScala(
            actions(log, version)
                .filter(AddFile.class::isInstance)
                .map(AddFile.class::cast)
                .toList())
        .toSeq();
  }

  private static Stream<Action> actions(DeltaLog log, long version) {
    return CollectionConverters.asJava(
        log.getChanges(version, version, Option.empty(), false).next()._2())
        .stream();
  }

  // Whether the commit's own files are all that the version has.
  private boolean isWhole(String table, long version) {
    return version == 0
        || isReplaced(table, version - 1, version)
            && commit(table, version, "/commitInfo/operationParameters/predicate").isEmpty();
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

  /** How many rows the commit of that version wrote, as its own commit record says. */
  public Optional<Long> rowsWritten(String table, long version) {
    return commit(table, version, "/commitInfo/operationMetrics/numOutputRows")
        .map(JsonNode::asLong);
  }

  private Path commitFile(String table, long version) {
    return new Path(path(table), String.format("_delta_log/%020d.json", version));
  }

  private boolean hasCommit(String table, long version) {
    Path commit = commitFile(table, version);
    try {
      return commit.getFileSystem(spark.sessionState().newHadoopConf()).exists(commit);
    } catch (IOException e) {
      throw new IllegalStateException("cannot look for " + commit, e);
    }
  }

  private Optional<JsonNode> commit(String table, long version, String pointer) {
    Path commit = commitFile(table, version);
    try (InputStream in = commit.getFileSystem(spark.sessionState().newHadoopConf()).open(commit)) {
      for (var lines = JSON.readerFor(JsonNode.class).<JsonNode>readValues(in); lines.hasNext(); ) {
        JsonNode found = lines.next().at(pointer);
        if (!found.isMissingNode()) {
          return Optional.of(found);
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + commit, e);
    }
  }

  private DeltaLog log(String table) {
    return DeltaLog.forTable(spark, path(table));
  }
}
