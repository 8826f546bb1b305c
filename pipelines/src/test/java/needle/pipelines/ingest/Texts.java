package needle.pipelines.ingest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import needle.kit.ColumnType;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.config.ExtractContract.Gates;
import needle.pipelines.config.ExtractContract.PersonalData;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/** Small contracts, and files that are read by them without a session. */
final class Texts {
  static final Gates OPEN = new Gates(1, Gates.OFF, Gates.OFF);

  private static final Configuration CONF = new Configuration(false);

  private Texts() {}

  static ExtractContract contract(Dialect dialect, Gates gates, Field... fields) {
    return new ExtractContract(
        "x",
        "1",
        false,
        "x",
        "X",
        "x",
        "x/x",
        "*",
        dialect,
        null,
        gates,
        0,
        List.of(fields),
        List.of());
  }

  static Field read(String name, String source, ColumnType type, String format) {
    return new Field(name, source, type, format, false, false, PersonalData.KEEP, null, name);
  }

  static Field personal(String name, String source, PersonalData personal) {
    return new Field(name, source, ColumnType.TEXT, null, false, false, personal, null, name);
  }

  static FileSurvey.Found survey(Path file, Dialect dialect) throws IOException {
    return FileSurvey.of(file.toUri().toString(), dialect, CONF);
  }

  /** The records of a file, with their place, text and fault. */
  static List<Row> rows(ExtractContract contract, Path file) throws IOException {
    FileSurvey.Found found = survey(file, contract.dialect());
    LandedFile landed =
        new LandedFile(
            "x",
            file.toUri().toString(),
            "x/x/2024-02-03/" + file.getFileName(),
            LocalDate.of(2024, 2, 3),
            found.sha256(),
            Files.size(file),
            1,
            found.header(),
            found.records(),
            found.parts(),
            found.unreadable());
    List<LandedFile.Part> parts =
        found.parts().isEmpty()
            ? List.of(new LandedFile.Part(0, Long.MAX_VALUE, 0))
            : found.parts();
    List<Row> rows = new ArrayList<>();
    for (LandedFile.Part part : parts) {
      try (ExtractFile records = ExtractFile.open(contract, landed, part, CONF)) {
        records.forEachRemaining(rows::add);
      }
    }
    return rows;
  }
}
