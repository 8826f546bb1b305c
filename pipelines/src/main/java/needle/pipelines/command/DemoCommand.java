package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle demo}: a simulated company from its extracts to the dashboard. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Simulate a company and walk its extracts all the way to the dashboard.")
public final class DemoCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--employees",
      defaultValue = "2000",
      description = "People on the pay-roll at the start (default: ${DEFAULT-VALUE}).")
  private int employees;

  @Option(
      names = "--months",
      defaultValue = "36",
      description = "Months delivered (default: ${DEFAULT-VALUE}).")
  private int months;

  @Option(names = "--seed", defaultValue = "1", description = "Seed (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      defaultValue = "simulated",
      description = "Folder of the simulated company (default: ${DEFAULT-VALUE}).")
  private String company;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    String size = Integer.toString(employees);
    step(
        out,
        new SimulateCommand(),
        "simulate",
        "--employees",
        size,
        "--months",
        Integer.toString(months),
        "--seed",
        Long.toString(seed),
        "--out",
        company);
    step(
        out,
        new RunCommand(),
        "run",
        "--landing",
        company + "/landing",
        "--demo-key",
        "--warehouse",
        places.warehouse,
        "--config",
        places.config().toString());
    step(
        out,
        new DashboardCommand(),
        "dashboard",
        "--warehouse",
        places.warehouse,
        "--company",
        "A simulated company");
    return 0;
  }

  private static void step(PrintWriter out, Object verb, String name, String... args) {
    String typed =
        Arrays.stream(args)
            .map(a -> a.contains(" ") ? '"' + a + '"' : a)
            .collect(Collectors.joining(" "));
    out.printf("%n$ ./needle %s %s%n", name, typed);
    out.flush();
    Step.run(verb, out, args);
  }
}
