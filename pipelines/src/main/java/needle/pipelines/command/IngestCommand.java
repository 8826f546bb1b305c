package needle.pipelines.command;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import needle.pipelines.SparkSessions;
import needle.pipelines.Version;
import needle.pipelines.config.ContractExpressions;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.ingest.BronzeIngest;
import needle.pipelines.ingest.Freshness;
import needle.pipelines.ingest.IngestPreview;
import needle.pipelines.ingest.LandedFile;
import needle.pipelines.ingest.Landing;
import needle.pipelines.ingest.UnmatchedFiles;
import needle.pipelines.lake.Alerts;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.WarehouseLock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle ingest}: takes delivered files into their bronze tables, or says what it would. */
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    description = "Read delivered extracts into their tables; compute and publish nothing.")
public final class IngestCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;
  @Mixin private Extracts extracts;
  @Mixin private Pulling pulling;

  @Option(
      names = "--dry-run",
      description =
          "Say what would become of every file, and write nothing. Exit code 2 when a run would"
              + " stop.")
  private boolean dryRun;

  @Option(
      names = "--rebuild",
      description =
          "Make the tables anew from all files in the landing folder, known or not; what is"
              + " published stays.")
  private boolean rebuild;

  @Option(names = "--run-id", description = "Name of the run (default: its starting time).")
  private String runId;

  @Override
  public Integer call() {
    Clock clock = Clock.systemUTC();
    Declarations declared = Declarations.read(places.config());
    List<ExtractContract> contracts = extracts.of(declared.contracts());
    ContractExpressions.require(contracts);
    if (dryRun) {
      return preview(declared, contracts, clock);
    }
    Extracts.requireSettled(contracts);
    try (WarehouseLock lock = WarehouseLock.take(places.warehouse)) {
      ingest(declared, contracts, clock);
    }
    return 0;
  }

  private RunLedger ledger(DeltaTables delta, Declarations declared, Clock clock) {
    String name = RunCommand.nameOfRun(runId, clock.instant());
    return new RunLedger(
        delta,
        new RunLedger.Stamp(name, Version.code(), declared.hash(), RunLedger.WITHOUT_KEY, 1),
        clock);
  }

  private int preview(Declarations declared, List<ExtractContract> contracts, Clock clock) {
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle ingest"), places.warehouse);
    PreviewText text = new PreviewText(spec.commandLine().getOut());
    text.print(UnmatchedFiles.in(delta.spark(), extracts.landing, declared.contracts()));
    Map<String, List<LandedFile>> landed =
        byExtract(new Landing(delta.spark(), extracts.landing).files(contracts));
    IngestPreview preview = new IngestPreview(delta, ledger(delta, declared, clock));
    for (ExtractContract contract : contracts) {
      if (landed.containsKey(contract.id())) {
        text.print(contract, preview.of(contract, landed.get(contract.id())));
      }
    }
    text.end();
    return text.isRefused() ? 2 : 0;
  }

  private static Map<String, List<LandedFile>> byExtract(List<LandedFile> files) {
    return files.stream().collect(Collectors.groupingBy(LandedFile::extract));
  }

  private void ingest(Declarations declared, List<ExtractContract> contracts, Clock clock) {
    PrintWriter out = spec.commandLine().getOut();
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle ingest"), places.warehouse);
    Instant started = clock.instant();
    RunLedger ledger = ledger(delta, declared, clock);
    pulling.pull(contracts, extracts.landing, delta.spark(), clock, out);
    UnmatchedFiles.told(UnmatchedFiles.in(delta.spark(), extracts.landing, declared.contracts()))
        .ifPresent(out::println);
    Landing landing = new Landing(delta.spark(), extracts.landing);
    List<LandedFile> surveyed =
        rebuild ? landing.files(contracts) : landing.files(contracts, ledger.seenFiles());
    Map<String, List<LandedFile>> due = byExtract(surveyed);
    BronzeIngest ingest = new BronzeIngest(delta, ledger);
    int changed = 0;
    try {
      for (ExtractContract contract : contracts) {
        List<LandedFile> files = due.getOrDefault(contract.id(), List.of());
        if (rebuild && isMade(contract, delta)) {
          print(contract, ingest.rebuild(contract, files), out);
          changed++;
        } else if (!files.isEmpty()) {
          print(contract, ingest.ingest(contract, files), out);
          changed++;
        } else if (isMade(contract, delta)) {
          ingest.check(contract);
        }
      }
      Freshness.late(
              contracts, newest(declared.contracts(), landing, surveyed, ledger), pulling.today())
          .forEach(l -> ledger.late(l.contract().table().qualifiedName(), l.toString()));
    } finally {
      ledger.flush();
      Alerts.of(delta, ledger.stamp().runId(), started)
          .forEach(spec.commandLine().getErr()::println);
    }
    out.printf(
        changed == 0
            ? "run %s found nothing new%n"
            : "ingested as run %s; `needle run` computes and publishes, `needle sql --staged` reads it until then%n",
        ledger.stamp().runId());
    out.flush();
  }

  /** The date of each extract's newest delivery: of those that lie there, and of those taken. */
  static Map<String, LocalDate> newest(
      List<ExtractContract> contracts,
      Landing landing,
      List<LandedFile> surveyed,
      RunLedger ledger) {
    return Freshness.newest(
        contracts, landing.newestDeliveries(contracts, surveyed), ledger.knownFiles());
  }

  private static boolean isMade(ExtractContract contract, DeltaTables delta) {
    return delta.exists(contract.table().qualifiedName());
  }

  private static void print(
      ExtractContract contract, BronzeIngest.Ingested ingested, PrintWriter out) {
    out.printf(
        "  %-34s %,11d read %,11d accepted %,9d rejected %,9d duplicate%n",
        contract.table().qualifiedName(),
        ingested.read(),
        ingested.accepted(),
        ingested.rejected(),
        ingested.duplicate());
    out.flush();
  }
}
