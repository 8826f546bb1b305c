package needle.pipelines;

import org.apache.spark.sql.SparkSession;

/**
 * The Spark session of a command: what spark-submit configured, or a local one with settings for a
 * laptop.
 *
 * <p>Small tables are Needle's common case on one machine: few shuffle partitions, and few for
 * Delta's own snapshot, whose default of 50 costs more than the work itself.
 */
public final class SparkSessions {
  private SparkSessions() {}

  /** Opens the session; an existing one is shared. */
  public static SparkSession open(String appName) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .appName(appName)
            .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
            .config(
                "spark.sql.catalog.spark_catalog",
                "org.apache.spark.sql.delta.catalog.DeltaCatalog")
            .config("spark.sql.session.timeZone", "UTC")
            // What publications promise to keep readable.
            .config(
                "spark.databricks.delta.properties.defaults.deletedFileRetentionDuration",
                "interval 90 days")
            .config(
                "spark.databricks.delta.properties.defaults.logRetentionDuration",
                "interval 90 days");
    boolean submitted = System.getProperty("spark.master") != null;
    if (!submitted) {
      builder
          .master("local[*]")
          .config("spark.ui.enabled", "false")
          .config("spark.driver.host", "localhost")
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config(
              "spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/needle-catalog")
          .config("spark.sql.shuffle.partitions", "4")
          .config("spark.databricks.delta.snapshotPartitions", "1")
          .config("spark.databricks.delta.stats.collect", "false");
    }
    return builder.getOrCreate();
  }
}
