package needle.pipelines.command;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import needle.kit.InvalidInput;
import needle.kit.Period;
import needle.pipelines.SparkSessions;
import needle.pipelines.Version;
import needle.pipelines.config.Declarations;
import needle.pipelines.ingest.LandedFile;
import needle.pipelines.ingest.Landing;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import needle.pipelines.run.JobRunner;
import needle.pipelines.run.KeyVersions;
import needle.pipelines.run.MatchRateAlarm;
import needle.pipelines.run.Pseudonyms;
import needle.pipelines.run.WarehouseLock;
import needle.silver.MatchRates;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code needle run}: reads what was delivered, computes every table, and publishes the run as one.
 */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Read the delivered extracts, compute every table, publish the run as one.")
public final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--landing",
      defaultValue = "${env:NEEDLE_LANDING:-landing}",
      description = "Folder of the delivered extracts (default: $NEEDLE_LANDING, or landing).")
  private String landing;

  @Option(
      names = "--tables",
      split = ",",
      description = "Stage only these tables, and publish nothing (see `needle publish`).")
  private List<String> tables;

  @Option(names = "--run-id", description = "Name of the run (default: its starting time).")
  private String runId;

  @Option(
      names = "--period",
      description =
          "Months to cover, as 2023-01:2025-12 (default: all months that were delivered).")
  private String period;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      defaultValue = "3",
      description = "Tables computed at a time (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--demo-key",
      description =
          "Pseudonymise with the simulated company's key. Only for people who do not exist.")
  private boolean demoKey;

  @Option(
      names = "--match-rate-drop",
      defaultValue = "${env:NEEDLE_MATCH_RATE_DROP:-0.05}",
      description =
          "Warn where a source's match rate falls by more than this share below the months before"
              + " (default: $NEEDLE_MATCH_RATE_DROP, or 0.05).")
  private double matchRateDrop;

  private MatchRateAlarm alarm;

  private final Map<String, String> environment;

  public RunCommand() {
    this(System.getenv());
  }

  /** With another environment than the process's, for tests. */
  RunCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Clock clock = Clock.systemUTC();
    alarm = new MatchRateAlarm(matchRateDrop);
    Declarations declared = Declarations.read(places.config());
    Catalog.checkBronze(declared.contracts());
    Pseudonyms pseudonyms = demoKey ? Pseudonyms.forTheDemo() : Pseudonyms.from(environment);
    JobGraph graph = JobGraph.of(declared.contracts(), Catalog.jobs());
    List<JobGraph.Node> nodes =
        tables == null ? graph.nodes() : graph.select(new HashSet<>(tables));
    try (WarehouseLock lock = WarehouseLock.take(places.warehouse)) {
      runLocked(declared, pseudonyms, nodes, clock, out);
    }
    return 0;
  }

  private void runLocked(
      Declarations declared,
      Pseudonyms pseudonyms,
      List<JobGraph.Node> nodes,
      Clock clock,
      PrintWriter out) {
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle run"), places.warehouse);
    Instant started = clock.instant();
    boolean ingests = nodes.stream().anyMatch(n -> n.extract().isPresent());
    Landing folder = new Landing(delta.spark(), landing);
    Period covered = period(period, folder, declared);
    RunLedger ledger =
        new RunLedger(
            delta,
            new RunLedger.Stamp(
                nameOfRun(started), Version.code(), declared.hash(), pseudonyms.keyVersion(), seed),
            clock);
    requireKey(delta, folder, ledger.stamp());
    List<LandedFile> files = ingests ? folder.files(declared.contracts()) : List.of();
    out.printf("run %s over %s to %s%n", ledger.stamp().runId(), covered.start(), covered.end());
    out.flush();
    try {
      new JobRunner(delta, declared, ledger, covered, pseudonyms, files, clock, threads)
          .run(nodes, finished -> print(out, finished));
      if (nodes.stream().anyMatch(n -> n.table().equals(MatchRates.TABLE))) {
        alarm.raise(delta, ledger, covered, spec.commandLine().getErr());
      }
      if (tables == null) {
        publish(delta, ledger, covered, clock, started, out);
      }
    } catch (RuntimeException e) {
      ledger.run("failed", seconds(started, clock), e.getMessage());
      ledger.flush();
      throw e;
    }
  }

  private void requireKey(DeltaTables delta, Landing folder, RunLedger.Stamp stamp) {
    if (demoKey && !folder.isSimulated()) {
      throw new InvalidInput(
          "The demo's key protects nobody",
          landing + " holds extracts that `needle simulate` did not make: these people exist",
          "set " + Pseudonyms.KEY_FILE + " to a file with a secret key, and leave --demo-key out");
    }
    KeyVersions.requireOne(delta, stamp);
  }

  private static void publish(
      DeltaTables delta,
      RunLedger ledger,
      Period covered,
      Clock clock,
      Instant started,
      PrintWriter out) {
    Publications.Publication published =
        new Publications(delta).publish(ledger.stamp(), covered, ledger.staged(), clock);
    ledger.run("published", seconds(started, clock), null);
    ledger.flush();
    out.printf(
        "published %d tables as number %d in %.1f s%n",
        published.tableVersions().size(), published.sequence(), seconds(started, clock));
    out.flush();
  }

  private static void print(PrintWriter out, JobRunner.Finished done) {
    out.printf(
        "  %-34s %,11d in %,11d out %6.1f s%n",
        done.table(), done.rowsIn(), done.rowsOut(), done.seconds());
    out.flush();
  }

  private static double seconds(Instant since, Clock clock) {
    return (clock.millis() - since.toEpochMilli()) / 1000.0;
  }

  private String nameOfRun(Instant started) {
    return Optional.ofNullable(runId).orElseGet(() -> named(started));
  }

  /** The name of a run that was not given one. */
  static String named(Instant started) {
    return DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS")
        .withZone(ZoneOffset.UTC)
        .format(started);
  }

  /** The months that a run covers: as given, else all that were delivered. */
  static Period period(String given, Landing folder, Declarations declared) {
    return given == null ? deliveredMonths(folder, declared) : parse(given);
  }

  /**
   * A delivery brings the month before it, so the deliveries' dates say which months are complete.
   */
  private static Period deliveredMonths(Landing folder, Declarations declared) {
    Set<LocalDate> deliveries = folder.deliveries(declared.contracts());
    YearMonth first = YearMonth.from(deliveries.stream().min(LocalDate::compareTo).orElseThrow());
    YearMonth last = YearMonth.from(deliveries.stream().max(LocalDate::compareTo).orElseThrow());
    return new Period(first.minusMonths(1).atDay(1), last.minusMonths(1).atEndOfMonth());
  }

  private static Period parse(String months) {
    String[] ends = months.split(":", -1);
    try {
      return new Period(YearMonth.parse(ends[0]).atDay(1), YearMonth.parse(ends[1]).atEndOfMonth());
    } catch (DateTimeParseException | ArrayIndexOutOfBoundsException e) {
      throw new InvalidInput(
          "The period " + months + " cannot be read",
          "it is not of the form first:last",
          "write 2023-01:2025-12");
    }
  }
}
