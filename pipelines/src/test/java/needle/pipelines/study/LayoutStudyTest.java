package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;

/** A study has the same results to the last bit, on however many cores it runs. */
class LayoutStudyTest extends StudyFiles {
  private static final String CORES = "spark.default.parallelism";

  // What Spark takes from the number of cores, and would change the order of sums.
  private List<Row> results(Path file, int cores) {
    SparkConf running = session().sparkContext().conf();
    SparkSession session = session().newSession();
    session.conf().set("spark.sql.shuffle.partitions", cores);
    session.conf().set("spark.sql.files.minPartitionNum", cores);
    session.conf().set("spark.sql.files.openCostInBytes", 1);
    running.set(CORES, Integer.toString(cores));
    try {
      assertThat(session.sparkContext().defaultParallelism()).isEqualTo(cores);
      List<Row> rows = new ArrayList<>();
      new StudyRun(session).run(file).values().forEach(table -> rows.addAll(table.rows()));
      return rows;
    } finally {
      running.remove(CORES);
    }
  }

  private void isTheSameOnAnyCores(Path file) {
    List<Row> one = results(file, 1);
    assertThat(one).hasSizeGreaterThan(50);
    for (int cores : new int[] {2, 4}) {
      assertThat(results(file, cores)).as(cores + " cores").isEqualTo(one);
    }
  }

  @Test
  void aRollOut() throws IOException {
    isTheSameOnAnyCores(
        study(
            "covariates: [log_population]\n"
                + wage(
                    counties().toString(),
                    "{estimator: staggered_did, nuisance: doubly_robust, balance: 1}\n"
                        + "  - {estimator: imputation_did}\n"
                        + "  - {estimator: sun_abraham}")));
  }

  @Test
  void aCrossSection() throws IOException {
    isTheSameOnAnyCores(
        study(
            experiment(
                "{exposed: treat}",
                "{estimator: ols}\n"
                    + "  - {estimator: ipw}\n"
                    + "  - {estimator: tmle, folds: 3}\n"
                    + "  - {estimator: partially_linear, folds: 3}")));
  }
}
