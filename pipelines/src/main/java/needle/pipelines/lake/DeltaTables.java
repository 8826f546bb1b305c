package needle.pipelines.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.delta.DeltaLog;
import scala.Option;

/**
 * The Delta tables of one warehouse folder, on any Hadoop filesystem, addressed as {@code
 * layer.table} and version.
 */
public final class DeltaTables {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SparkSession spark;
  private final String warehouse;

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
      return files.exists(log) && files.listStatus(log).length > 0;
    } catch (IOException e) {
      throw new IllegalStateException("cannot look for " + log, e);
    }
  }

  /** Replaces the table's rows; gives the new version. */
  public long replace(String table, Dataset<Row> rows) {
    rows.write()
        .format("delta")
        .mode(SaveMode.Overwrite)
        .option("overwriteSchema", "true")
        .save(path(table));
    return version(table);
  }

  /** Adds rows to the table; gives the new version. */
  public long append(String table, Dataset<Row> rows, String... partitionedBy) {
    rows.write().format("delta").mode(SaveMode.Append).partitionBy(partitionedBy).save(path(table));
    return version(table);
  }

  /** The newest version, published or not. */
  public long version(String table) {
    return log(table).update(false, Option.empty(), Option.empty()).version();
  }

  /** The rows of one version. */
  public Dataset<Row> at(String table, long version) {
    return spark.read().format("delta").option("versionAsOf", version).load(path(table));
  }

  /** The rows of the newest version. */
  public Dataset<Row> latest(String table) {
    return spark.read().format("delta").load(path(table));
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
    Path commit = new Path(path(table), String.format("_delta_log/%020d.json", version));
    try (InputStream in = commit.getFileSystem(spark.sessionState().newHadoopConf()).open(commit)) {
      for (var lines = JSON.readerFor(JsonNode.class).<JsonNode>readValues(in); lines.hasNext(); ) {
        JsonNode rows = lines.next().at("/commitInfo/operationMetrics/numOutputRows");
        if (!rows.isMissingNode()) {
          return Optional.of(rows.asLong());
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
