package needle.pipelines.config;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.config.ExtractContract.Pull;

/** The database that a contract pulls from, and whether the contract's other parts fit that. */
final class PulledExtract {
  private static final Path AS_LANDED = Path.of("rows_20260101T000000000.jsonl");

  private PulledExtract() {}

  static Pull of(
      ContractFile.Server database,
      ContractFile.SchemaObject object,
      String watermark,
      List<Field> fields,
      List<String> faults) {
    if (!database.type().toLowerCase(Locale.ROOT).startsWith("postgres")) {
      faults.add("servers.type is " + database.type() + ", and Needle pulls from postgresql");
    }
    if (database.host() == null || database.database() == null || object.physicalName() == null) {
      faults.add(
          "server "
              + database.server()
              + " needs host, database, and the table as physicalName of"
              + " the schema object");
    }
    if (fields.stream()
        .noneMatch(f -> f.name().equals(watermark) && !f.isDerived() && !f.isDropped())) {
      faults.add(
          "watermark is '"
              + watermark
              + "', and must name the column that tells new rows from those"
              + " already pulled");
    }
    fields.stream()
        .filter(f -> !f.isDerived() && f.source() != null && !f.source().matches("/[^/]+"))
        .forEach(
            f ->
                faults.add(
                    "column "
                        + f.name()
                        + " is pulled, so its physicalName must be / and the database's column, not "
                        + f.source()));
    String schema = database.schema() == null ? "" : database.schema() + ".";
    return new Pull(
        database.server(),
        "jdbc:postgresql://"
            + database.host()
            + ":"
            + (database.port() == null ? 5432 : database.port())
            + "/"
            + database.database(),
        schema + object.physicalName(),
        watermark);
  }

  /** Pulled rows land as JSON lines: adds a fault where the contract reads anything else. */
  static void checkLanding(Dialect dialect, String filePattern, List<String> faults) {
    if (dialect.format() != Dialect.Format.JSON_LINES || !dialect.encoding().equals("UTF-8")) {
      faults.add(
          "pulled rows land as JSON lines in UTF-8, so the server of type local needs format json");
    }
    if (!FileSystems.getDefault().getPathMatcher("glob:" + filePattern).matches(AS_LANDED)) {
      faults.add(
          "pulled rows land as " + AS_LANDED + ".gz, which " + filePattern + " does not match");
    }
  }
}
