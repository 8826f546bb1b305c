package needle.pipelines.command;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import needle.kit.Layer;
import needle.kit.Period;
import needle.pipelines.Failure;
import needle.pipelines.SparkSessions;
import needle.pipelines.Version;
import needle.pipelines.config.ContractExpressions;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.ingest.Freshness;
import needle.pipelines.ingest.LandedFile;
import needle.pipelines.ingest.Landing;
import needle.pipelines.ingest.UnmatchedFiles;
import needle.pipelines.lake.Alerts;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.JobGraph;
import needle.pipelines.run.JobRunner;
import needle.pipelines.run.KeyVersions;
import needle.pipelines.run.MatchRateAlarm;
import needle.pipelines.run.Pseudonyms;
import needle.pipelines.run.Restatements;
import needle.pipelines.run.Sources;
import needle.pipelines.run.UnknownCourses;
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
  /** The folder of a warehouse that holds what was known at earlier dates. */
  static final String AS_KNOWN_AT = "as_known_at";

  @Spec private CommandSpec spec;
  @Mixin private Places places;
  @Mixin private Pulling pulling;

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
          "Months to cover, as 2023-01:2025-12 (default: from the month before the first delivery"
              + " folder's date to the month before the last's).")
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
      names = "--as-known-at",
      description =
          "Compute from what had been delivered by this date, such as 2025-06-30, into as_known_at/<date> of the"
              + " warehouse; what is published there is read with --warehouse.")
  private LocalDate asKnownAt;

  @Option(
      names = "--rebuild",
      description = "Make every table anew from bronze, whether or not its inputs changed.")
  private boolean rebuild;

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
    if (threads < 1) {
      throw new InvalidInput(
          "No table can be computed with " + threads + " threads",
          "--threads is below one",
          "give 1 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    Clock clock = Clock.systemUTC();
    alarm = new MatchRateAlarm(matchRateDrop);
    requirePast(pulling.today().orElse(LocalDate.now(clock)));
    Declarations declared = Declarations.read(places.config());
    Catalog.checkBronze(declared.contracts());
    Pseudonyms pseudonyms = demoKey ? Pseudonyms.forTheDemo() : Pseudonyms.from(environment);
    JobGraph graph = JobGraph.of(declared.contracts(), Catalog.jobs());
    List<JobGraph.Node> nodes =
        tables == null ? graph.nodes() : graph.select(new HashSet<>(tables));
    List<ExtractContract> read = nodes.stream().flatMap(n -> n.extract().stream()).toList();
    ContractExpressions.require(read);
    Extracts.requireSettled(read);
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
    DeltaTables main = new DeltaTables(SparkSessions.open("needle run"), places.warehouse);
    DeltaTables delta =
        knownAt().map(day -> new DeltaTables(main.spark(), placeOf(day))).orElse(main);
    Instant started = clock.instant();
    List<ExtractContract> extracts = nodes.stream().flatMap(n -> n.extract().stream()).toList();
    pulling.pull(extracts, landing, main.spark(), clock, out);
    if (!extracts.isEmpty()) {
      UnmatchedFiles.told(UnmatchedFiles.in(main.spark(), landing, declared.contracts()))
          .ifPresent(out::println);
    }
    Landing folder = new Landing(main.spark(), landing);
    RunLedger.Stamp stamp =
        new RunLedger.Stamp(
            nameOfRun(runId, started),
            Version.code(),
            declared.hash(),
            pseudonyms.keyVersion(),
            seed);
    RunLedger ledger = new RunLedger(delta, stamp, clock);
    RunLedger arrivals = knownAt().isPresent() ? new RunLedger(main, stamp, clock) : ledger;
    Period covered = CoveredMonths.of(period, folder, declared, arrivals.knownFiles(), knownAt());
    requireKey(main, folder, stamp);
    out.printf(
        "run %s over %s to %s%s%n",
        stamp.runId(),
        covered.start(),
        covered.end(),
        period == null ? ", by the dates of the delivery folders" : "");
    out.flush();
    try {
      Sources sources = Sources.of(main);
      List<JobGraph.Node> left = nodes;
      List<LandedFile> files = List.of();
      if (!extracts.isEmpty()) {
        files = folder.files(declared.contracts(), arrivals.seenFiles());
        warnOfLate(
            extracts,
            IngestCommand.newest(declared.contracts(), folder, files, arrivals),
            arrivals);
      }
      if (knownAt().isPresent()) {
        out.printf("as known at %s, into %s%n", knownAt().get(), delta.warehouse());
        Map<Boolean, List<JobGraph.Node>> parts =
            nodes.stream().collect(Collectors.partitioningBy(n -> n.extract().isPresent()));
        JobRunner ingest =
            new JobRunner(
                main,
                sources,
                declared,
                arrivals,
                covered,
                pseudonyms,
                files,
                clock,
                threads,
                false);
        ingest.run(parts.get(true), finished -> print(out, finished));
        arrivals.flush();
        KnownThen.require(arrivals, knownAt().get());
        sources = new Sources(main, bronzeOf(ingest.versions()), knownAt());
        left = parts.get(false);
      }
      new JobRunner(
              delta, sources, declared, ledger, covered, pseudonyms, files, clock, threads, rebuild)
          .run(left, finished -> print(out, finished));
      if (left.stream().anyMatch(n -> n.table().equals(MatchRates.TABLE))) {
        alarm.raise(delta, ledger, covered, spec.commandLine().getErr());
        UnknownCourses.tell(delta, ledger, declared.plans(), covered, spec.commandLine().getErr());
      }
      if (tables == null) {
        publish(delta, ledger, covered, clock, started, out);
      }
    } catch (Exception | Error e) {
      ledger.run("failed", seconds(started, clock), Failure.of(e).cause());
      ledger.flushAfter(e);
      arrivals.flushAfter(e);
      tellAlerts(main, stamp, started);
      throw e;
    }
    ledger.flush();
    arrivals.flush();
    tellAlerts(main, stamp, started);
  }

  private void tellAlerts(DeltaTables main, RunLedger.Stamp stamp, Instant started) {
    Alerts.of(main, stamp.runId(), started).forEach(spec.commandLine().getErr()::println);
  }

  private void warnOfLate(
      List<ExtractContract> extracts, Map<String, LocalDate> newest, RunLedger arrivals) {
    Freshness.late(extracts, newest, pulling.today())
        .forEach(l -> arrivals.late(l.contract().table().qualifiedName(), l.toString()));
  }

  private void requireKey(DeltaTables main, Landing folder, RunLedger.Stamp stamp) {
    if (demoKey && !folder.isSimulated()) {
      throw new InvalidInput(
          "The demo's key protects nobody",
          landing + " holds extracts that `needle simulate` did not make: these people exist",
          "set " + Pseudonyms.KEY_FILE + " to a file with a secret key, and leave --demo-key out");
    }
    KeyVersions.requireOne(main, stamp);
  }

  private Optional<LocalDate> knownAt() {
    return Optional.ofNullable(asKnownAt);
  }

  private void requirePast(LocalDate today) {
    if (asKnownAt != null && asKnownAt.isAfter(today)) {
      throw new InvalidInput(
          "Nobody knows yet what will be known at " + asKnownAt,
          "it is " + today,
          "give a date until today with --as-known-at");
    }
  }

  // A warehouse of its own, so that what is published stays what it is.
  private String placeOf(LocalDate day) {
    return places.warehouse + "/" + AS_KNOWN_AT + "/" + day;
  }

  private static Map<String, Long> bronzeOf(Map<String, Long> versions) {
    return versions.entrySet().stream()
        .filter(e -> e.getKey().startsWith(Layer.BRONZE.schema() + "."))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static void publish(
      DeltaTables delta,
      RunLedger ledger,
      Period covered,
      Clock clock,
      Instant started,
      PrintWriter out) {
    Publications.Publication published = publish(delta, ledger, covered, clock, out);
    ledger.run("published", seconds(started, clock), null);
    ledger.flush();
    out.printf(
        "published %d tables as number %d in %.1f s%n",
        published.tableVersions().size(), published.sequence(), seconds(started, clock));
    out.flush();
  }

  /** Reports what the run restates, then publishes it. */
  static Publications.Publication publish(
      DeltaTables delta, RunLedger ledger, Period covered, Clock clock, PrintWriter out) {
    Publications publications = new Publications(delta);
    Map<String, Long> staged = ledger.staged();
    publications
        .current()
        .map(before -> new Restatements(delta, ledger.stamp().runId(), before, staged).report())
        .ifPresent(summary -> out.println(summary.line()));
    return publications.publish(ledger.stamp(), covered, staged, clock);
  }

  private static void print(PrintWriter out, JobRunner.Finished done) {
    out.printf(
        "  %-34s %,11d in %,11d out %6.1f s  %s%n",
        done.table(), done.rowsIn(), done.rowsOut(), done.seconds(), extent(done));
    out.flush();
  }

  private static String extent(JobRunner.Finished done) {
    if (done.changed().isEmpty()) {
      return "made anew";
    }
    long changed = done.changed().getAsLong();
    return changed == 0 ? "unchanged" : String.format("%,d changed", changed);
  }

  private static double seconds(Instant since, Clock clock) {
    return (clock.millis() - since.toEpochMilli()) / 1000.0;
  }

  /** The name that was given, else the starting time. */
  static String nameOfRun(String given, Instant started) {
    return Optional.ofNullable(given).orElseGet(() -> named(started));
  }

  /** The name of a run that was not given one. */
  static String named(Instant started) {
    return DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS")
        .withZone(ZoneOffset.UTC)
        .format(started);
  }
}
