package needle.pipelines.command;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.pull.LandingPull;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;

/** How deliveries come in and are dated; shared by the verbs that take them in. */
public final class Pulling {
  @Option(
      names = "--no-pull",
      description = "Take what has landed; do not pull from databases first.")
  private boolean noPull;

  @Option(
      names = "--today",
      description =
          "Day of pulled deliveries, and by which they are overdue (default: the clock's; and the"
              + " newest delivery).")
  private LocalDate today;

  Optional<LocalDate> today() {
    return Optional.ofNullable(today);
  }

  /** Pulls those of the extracts that come from a database, unless told not to. */
  void pull(
      List<ExtractContract> contracts,
      String landing,
      SparkSession spark,
      Clock clock,
      PrintWriter out) {
    if (!noPull) {
      pull(contracts, landing, Optional.empty(), spark, dated(clock), out);
    }
  }

  /** Pulls those of the extracts that come from a database. */
  static void pull(
      List<ExtractContract> contracts,
      String landing,
      Optional<String> since,
      SparkSession spark,
      Clock clock,
      PrintWriter out) {
    LandingPull pull =
        new LandingPull(landing, spark.sessionState().newHadoopConf(), System.getenv(), clock);
    for (ExtractContract contract : contracts) {
      if (contract.pulled().isPresent()) {
        LandingPull.Landed landed = pull.pull(contract, since);
        out.println(
            landed
                .file()
                .map(
                    f ->
                        String.format(
                            "pulled %,d rows of %s up to %s: %s",
                            landed.rows(), landed.table(), landed.watermark(), f))
                .orElse("pulled nothing of " + landed.table() + ": nothing is new"));
        out.flush();
      }
    }
  }

  /** The clock, but on the day that was given. */
  Clock dated(Clock clock) {
    return today()
        .map(day -> Duration.ofDays(day.toEpochDay() - day(clock).toEpochDay()))
        .map(days -> Clock.offset(clock, days))
        .orElse(clock);
  }

  private static LocalDate day(Clock clock) {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }
}
