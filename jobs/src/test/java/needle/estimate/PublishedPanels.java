package needle.estimate;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The panels of published studies that pipelines/replications holds. */
final class PublishedPanels {
  private PublishedPanels() {}

  /** Counties by year: minimum wages and teen employment. */
  static Dataset<Row> minimumWage(SparkSession spark) {
    return read(spark, "minimum_wage");
  }

  /** Firms by year: job training grants and scrap rates. */
  static Dataset<Row> jobTrainingGrants(SparkSession spark) {
    return read(spark, "job_training_grants");
  }

  /** States by year: cigarettes sold per head, and California's Proposition 99. */
  static Dataset<Row> tobaccoControl(SparkSession spark) {
    return read(spark, "tobacco_control");
  }

  private static Dataset<Row> read(SparkSession spark, String name) {
    return spark
        .read()
        .option("header", "true")
        .option("inferSchema", "true")
        .csv("../pipelines/replications/" + name + ".csv");
  }
}
