package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import needle.pipelines.SparkSessions;
import needle.pipelines.study.Replication;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code needle replicate}: published figures on real data, beside Needle's own. */
@Command(
    name = "replicate",
    mixinStandardHelpOptions = true,
    description = "Reproduce published studies on real data; exit code 1 where a figure differs.")
public final class ReplicateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Override
  public Integer call() {
    List<Replication.Figure> figures =
        new Replication(SparkSessions.open("needle replicate"))
            .figures(places.config().resolve("replications"));
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%-20s %-22s %-12s %-12s %-10s %16s %16s %9s%n",
        "study", "method", "aggregation", "term", "figure", "published", "own", "apart");
    for (Replication.Figure f : figures) {
      out.printf(
          Locale.ROOT,
          "%-20s %-22s %-12s %-12s %-10s %16.10g %16.10g %9.1e %s%n",
          f.study(),
          f.method(),
          f.aggregation(),
          f.term(),
          f.figure(),
          f.published(),
          f.own(),
          Math.abs(f.own() - f.published()),
          f.agrees() ? "" : "DIFFERS, allowed " + f.allowed());
    }
    long apart = figures.stream().filter(f -> !f.agrees()).count();
    out.printf("%d of %d figures agree%n", figures.size() - apart, figures.size());
    out.flush();
    return apart == 0 ? 0 : 1;
  }
}
