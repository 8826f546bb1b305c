package needle.pipelines;

import java.util.Map;
import needle.pipelines.lake.LocalFiles;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * The Spark session of a command: what spark-submit configured, or a local one with settings for a
 * laptop.
 *
 * <p>Small tables are Needle's common case on one machine: few shuffle partitions, and few for
 * Delta's own snapshot, whose default of 50 costs more than the work itself.
 */
public final class SparkSessions {
  private SparkSessions() {}

  private static final Map<String, String> ALWAYS =
      Map.of(
          "spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension",
          "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog",
          "spark.sql.session.timeZone", "UTC",
          // Spark's own list leaves out an account's key.
          "spark.redaction.regex",
              "(?i)secret|password|passphrase|credential|token|signature|pepper|access[.]?key|[.]key([.]|$)",
          // Of other timestamps Parquet files keep no smallest and largest.
          "spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS",
          // Every merge reads a MergeSource.
          "spark.databricks.delta.merge.materializeSource", "none",
          // What publications promise to keep readable.
          "spark.databricks.delta.properties.defaults.deletedFileRetentionDuration",
              "interval 90 days",
          "spark.databricks.delta.properties.defaults.logRetentionDuration", "interval 90 days");

  private static final Map<String, String> ON_ONE_MACHINE =
      Map.of(
          "spark.ui.enabled", "false",
          "spark.driver.host", "localhost",
          "spark.driver.bindAddress", "127.0.0.1",
          "spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/needle-catalog",
          "spark.sql.shuffle.partitions", "4",
          "spark.databricks.delta.snapshotPartitions", "1",
          "spark.databricks.delta.allFilesInCrc.enabled", "false",
          // A run has several hundred classes of generated code, many of them alike.
          "spark.sql.codegen.cache.maxEntries", "2000",
          // The default of 64 MiB for every sort and aggregate is mostly zeroed, held and
          // collected.
          "spark.buffer.pageSize", "4m",
          "spark.databricks.delta.stats.collect", "false");

  /** Opens the session; an existing one is shared. */
  public static SparkSession open(String appName) {
    Option<SparkSession> running = SparkSession.getDefaultSession();
    if (running.isDefined()) {
      return running.get();
    }
    SparkConf conf = new SparkConf().setIfMissing("spark.master", "local[*]");
    ALWAYS.forEach(conf::set);
    if (conf.get("spark.master").startsWith("local")) {
      ON_ONE_MACHINE.forEach(conf::setIfMissing);
      LocalFiles.HADOOP.forEach((key, value) -> conf.setIfMissing("spark.hadoop." + key, value));
    }
    if (!conf.getBoolean("spark.ui.enabled", true)) {
      // A plan is written out whole whenever a part of it is done, for a page that is not shown.
      conf.setIfMissing("spark.sql.ui.explainMode", "simple");
    }
    return SparkSession.builder().appName(appName).config(conf).getOrCreate();
  }
}
