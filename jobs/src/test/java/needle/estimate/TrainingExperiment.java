package needle.estimate;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The people of the National Supported Work experiment, as the file has them. */
final class TrainingExperiment {
  private TrainingExperiment() {}

  static Dataset<Row> persons(SparkSession spark) {
    return spark
        .read()
        .option("header", "true")
        .option("inferSchema", "true")
        .csv("../pipelines/replications/job_training_experiment.csv");
  }
}
