package needle.pipelines.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import needle.SparkTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaTablesTest extends SparkTest {
  private static long dataFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(f -> f.toString().endsWith(".parquet")).count();
    }
  }

  @Test
  void olderVersionsAreForgottenWithTheirFiles(@TempDir Path folder) throws IOException {
    DeltaTables tables = new DeltaTables(session(), folder.toString());
    tables.replace("silver.sales", session().range(3).toDF().coalesce(1));
    long newest = tables.replace("silver.sales", session().range(5).toDF().coalesce(1));
    assertThat(dataFiles(folder)).isEqualTo(2);
    tables.forgetOlderVersions("silver.sales");
    assertThat(dataFiles(folder)).isEqualTo(1);
    assertThat(tables.at("silver.sales", newest).count()).isEqualTo(5);
  }
}
