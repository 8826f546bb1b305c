package needle;

import com.holdenkarau.spark.testing.JavaDatasetSuiteBase;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * One Spark session for all tests of a JVM; spark-testing-base's life cycle is JUnit 4's, so it is
 * called by hand.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class SparkTest extends JavaDatasetSuiteBase {
  /**
   * No code is generated for queries over a few rows: compiling it takes longer than they do. What
   * the tests of the DAGs and the notebooks run is compiled, as everywhere else.
   */
  public static final Map<String, String> INTERPRETED =
      Map.of(
          "spark.sql.codegen.wholeStage", "false", "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  @Override
  public SparkConf conf() {
    SparkConf conf =
        super.conf()
            .setMaster("local[2]")
            .set("spark.ui.enabled", "false")
            // By default each sort and each aggregate of a task clears 64 MiB.
            .set("spark.buffer.pageSize", "1m")
            .set("spark.sql.ui.explainMode", "simple")
            .set("spark.sql.shuffle.partitions", "2")
            .set("spark.sql.session.timeZone", "UTC")
            .set("spark.driver.host", "localhost")
            .set("spark.driver.bindAddress", "127.0.0.1");
    INTERPRETED.forEach(conf::set);
    if (isOnClasspath("io.delta.sql.DeltaSparkSessionExtension")) {
      conf.set("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
          .set("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
          .set("spark.databricks.delta.snapshotPartitions", "1");
    }
    return conf;
  }

  @Override
  public boolean enableHiveSupport() {
    return false;
  }

  @BeforeAll
  void startSparkOnce() {
    runBefore();
  }

  /** The session that every test shares. */
  protected SparkSession session() {
    return spark();
  }

  private static boolean isOnClasspath(String className) {
    try {
      Class.forName(className);
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
