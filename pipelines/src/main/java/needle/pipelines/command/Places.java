package needle.pipelines.command;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where things are; shared by all verbs that read or write the warehouse. */
public final class Places {
  @Option(
      names = "--warehouse",
      defaultValue = "${env:NEEDLE_WAREHOUSE:-warehouse}",
      description = "Folder of the Delta tables (default: $NEEDLE_WAREHOUSE, or warehouse).")
  String warehouse;

  @Option(
      names = "--config",
      description =
          "Folder with contracts, kpis and plans (default: pipelines of the installation).")
  private Path config;

  /** The folder with contracts, kpis and plans. */
  Path config() {
    if (config != null) {
      return config;
    }
    String home = System.getProperty("needle.home", System.getenv("NEEDLE_HOME"));
    return Path.of(home == null ? "." : home, "pipelines");
  }
}
