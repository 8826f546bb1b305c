package needle.pipelines.command;

import java.io.PrintWriter;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import needle.kit.InvalidInput;
import needle.pipelines.SparkSessions;
import needle.pipelines.Version;
import needle.pipelines.config.ContractExpressions;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.ingest.Landing;
import needle.pipelines.ingest.Replay;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.WarehouseLock;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle replay}: reads rejected records again, after a fix of their contract. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Read rejected records again, from the landed files, under the contracts as they are now.")
public final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;
  @Mixin private Extracts extracts;

  @Option(
      names = "--file",
      description =
          "Only files whose name below the landing folder matches, such as 'lms/*/2025-12-03/*'.")
  private String file;

  @Option(names = "--run-id", description = "Name of the run (default: its starting time).")
  private String runId;

  @Override
  public Integer call() {
    Clock clock = Clock.systemUTC();
    Declarations declared = Declarations.read(places.config());
    List<ExtractContract> contracts = extracts.settled(declared.contracts());
    ContractExpressions.require(contracts);
    Predicate<String> chosen = chosen();
    try (WarehouseLock lock = WarehouseLock.take(places.warehouse)) {
      DeltaTables delta = new DeltaTables(SparkSessions.open("needle replay"), places.warehouse);
      String name = RunCommand.nameOfRun(runId, clock.instant());
      RunLedger ledger =
          new RunLedger(
              delta,
              new RunLedger.Stamp(name, Version.code(), declared.hash(), RunLedger.WITHOUT_KEY, 1),
              clock);
      Replay replay = new Replay(delta, ledger, new Landing(delta.spark(), extracts.landing));
      replay(contracts, replay, chosen, ledger);
    }
    return 0;
  }

  private void replay(
      List<ExtractContract> contracts, Replay replay, Predicate<String> chosen, RunLedger ledger) {
    PrintWriter out = spec.commandLine().getOut();
    long accepted = 0;
    try {
      for (ExtractContract contract : contracts) {
        for (Replay.Replayed done : replay.replay(contract, chosen)) {
          out.printf(
              "  %s: of %,d rejected records %,d are accepted now, %,d duplicates, %,d still"
                  + " rejected%n",
              done.file(), done.before(), done.accepted(), done.duplicate(), done.rejected());
          accepted += done.accepted();
        }
        ledger.flush();
      }
    } finally {
      ledger.flush();
    }
    out.println(
        accepted == 0
            ? "no rejected record fits the contracts as they are now"
            : accepted
                + " record(s) accepted as run "
                + ledger.stamp().runId()
                + "; `needle run` computes and publishes");
    out.flush();
  }

  private Predicate<String> chosen() {
    if (file == null) {
      return name -> true;
    }
    try {
      PathMatcher pattern = FileSystems.getDefault().getPathMatcher("glob:" + file);
      return name -> pattern.matches(Path.of(name));
    } catch (PatternSyntaxException e) {
      throw new InvalidInput(
          "The file pattern " + file + " cannot be read",
          e.getDescription(),
          "write the name of a file below the landing folder, with * for any text");
    }
  }
}
