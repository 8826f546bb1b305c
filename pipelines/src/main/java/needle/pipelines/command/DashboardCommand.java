package needle.pipelines.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import needle.pipelines.SparkSessions;
import needle.pipelines.dashboard.Page;
import needle.pipelines.dashboard.PublishedResults;
import needle.pipelines.lake.DeltaTables;
import org.apache.spark.sql.Row;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code needle dashboard}: writes the published results as one page that opens anywhere. */
@Command(
    name = "dashboard",
    mixinStandardHelpOptions = true,
    description = "Write the published results as one self-contained page.")
public final class DashboardCommand implements Callable<Integer> {
  private static final int FINDINGS = 3;

  @Spec private CommandSpec spec;
  @Mixin private Places places;

  @Option(
      names = "--out",
      description = "File to write (default: dashboard.html beside the tables).")
  private Path out;

  @Option(
      names = "--company",
      defaultValue = "${env:NEEDLE_COMPANY:-Your company}",
      description = "Name on the page (default: $NEEDLE_COMPANY, or Your company).")
  private String company;

  @Option(
      names = "--sources",
      description = "Folder with the page's parts (default: dashboards of the installation).")
  private Path sources;

  @Override
  public Integer call() {
    DeltaTables delta = new DeltaTables(SparkSessions.open("needle dashboard"), places.warehouse);
    Path file = out == null ? Path.of(places.warehouse, "dashboard.html") : out;
    Page page = new Page(sources == null ? places.home().resolve("dashboards") : sources);
    PublishedResults results = new PublishedResults(delta, company);
    write(file.toAbsolutePath(), page.showing(results.json()));
    PrintWriter terminal = spec.commandLine().getOut();
    terminal.println("\nThe findings that matter most:");
    for (Row finding : results.findings(FINDINGS)) {
      terminal.printf("  %d. %s%n", finding.<Long>getAs("rank"), finding.getAs("headline"));
      terminal.printf("     %s%n", finding.<String>getAs("detail"));
    }
    terminal.printf("%nDashboard: %s%n", file.toAbsolutePath().normalize());
    terminal.flush();
    return 0;
  }

  // Whoever has the page open sees the old one or the new one, never half of it.
  private static void write(Path file, String page) {
    try {
      Files.createDirectories(file.getParent());
      // Not a temporary file of the system's: those are closed to everybody else.
      Path written = file.resolveSibling("." + file.getFileName() + ".new");
      Files.writeString(written, page);
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
