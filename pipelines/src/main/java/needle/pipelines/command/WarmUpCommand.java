package needle.pipelines.command;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.Declarations;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * {@code needle warm-up}: loads the classes that every command needs, for the build's class-data
 * archive.
 */
@Command(
    name = "warm-up",
    hidden = true,
    description = "Load what every command needs, for the build's archive.")
public final class WarmUpCommand implements Callable<Integer> {
  @Mixin private Places places;

  @Override
  public Integer call() throws IOException {
    Declarations declared = Declarations.read(places.config());
    JobGraph.of(declared.contracts(), Catalog.jobs());
    Path folder = Files.createTempDirectory("needle-warm-up");
    try {
      DeltaTables delta = new DeltaTables(SparkSessions.open("needle warm-up"), folder.toString());
      Dataset<Row> numbers =
          delta.spark().range(100).toDF("n").withColumn("k", col("n").mod(7).cast("string"));
      delta.replace("silver.numbers", numbers);
      Dataset<Row> stored = delta.at("silver.numbers", delta.append("silver.numbers", numbers));
      stored
          .join(stored.groupBy("k").agg(sum("n").as("total")), new String[] {"k"})
          .withColumn("rank", row_number().over(Window.partitionBy("k").orderBy("n")))
          .orderBy("k", "n")
          .collectAsList();
      delta.spark().createDataFrame(List.of(), stored.schema()).count();
    } finally {
      delete(folder);
    }
    return 0;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
