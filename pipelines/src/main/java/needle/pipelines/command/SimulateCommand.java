package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import needle.pipelines.SparkSessions;
import needle.pipelines.simulate.Simulation;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle simulate}: extracts of a company whose training has known effects. */
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = "Deliver the extracts of a simulated company, month by month, and the truth.")
public final class SimulateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--employees",
      defaultValue = "2000",
      description = "Seats of the company (default: ${DEFAULT-VALUE}).")
  private int employees;

  @Option(
      names = "--months",
      defaultValue = "36",
      description = "Months delivered, the last being December 2025 (default: ${DEFAULT-VALUE}).")
  private int months;

  @Option(names = "--seed", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      defaultValue = "simulated",
      description = "Folder for landing/ and truth/ (default: ${DEFAULT-VALUE}).")
  private String out;

  @Override
  public Integer call() {
    long started = System.nanoTime();
    new Simulation(SparkSessions.open("needle simulate"), employees, months, seed).writeTo(out);
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.printf(
        Locale.ROOT,
        "simulated %,d employees over %d months with seed %d in %.1f s: %s/landing%n",
        employees,
        months,
        seed,
        (System.nanoTime() - started) / 1e9,
        out);
    terminal.flush();
    return 0;
  }
}
