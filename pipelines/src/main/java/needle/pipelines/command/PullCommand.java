package needle.pipelines.command;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import needle.kit.InvalidInput;
import needle.pipelines.SparkSessions;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.run.WarehouseLock;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle pull}: lands what is new in the databases that contracts name. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    description = "Land the rows that are new in databases, as files; ingest nothing.",
    footer = {
      "",
      "The user and password of a server named hr are taken from NEEDLE_JDBC_HR_USER and",
      "NEEDLE_JDBC_HR_PASSWORD or NEEDLE_JDBC_HR_PASSWORD_FILE."
    })
public final class PullCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;
  @Mixin private Extracts extracts;
  @Mixin private Pulling pulling;

  @Option(
      names = "--since",
      description =
          "Pull again from this watermark on, such as 2025-01-01; what landed before is counted as"
              + " duplicate.")
  private String since;

  @Override
  public Integer call() {
    List<ExtractContract> pulled =
        extracts.of(Declarations.read(places.config()).contracts()).stream()
            .filter(c -> c.pulled().isPresent())
            .toList();
    if (pulled.isEmpty()) {
      throw new InvalidInput(
          "There is nothing to pull",
          "none of these contracts names a database among its servers",
          "add a server of type postgresql and a watermark to the contract");
    }
    SparkSession spark = SparkSessions.open("needle pull");
    try (WarehouseLock lock = WarehouseLock.take(places.warehouse)) {
      Pulling.pull(
          pulled,
          extracts.landing,
          Optional.ofNullable(since),
          spark,
          pulling.dated(Clock.systemUTC()),
          spec.commandLine().getOut());
    }
    return 0;
  }
}
