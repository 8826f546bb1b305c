package needle.pipelines.ingest;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;

/** Whether a bronze table can take more rows by its contract as it is now. */
final class TableShape {
  private TableShape() {}

  /** What a column of a new table says of itself. */
  static Metadata of(ExtractContract contract, ExtractContract.Field field) {
    MetadataBuilder metadata = new MetadataBuilder();
    Derivations.of(field, metadata);
    Readings.of(contract, field, metadata);
    return metadata.build();
  }

  /**
   * Fails where the table was made by a contract with other columns, or that derives or reads them
   * otherwise.
   */
  static void check(ExtractContract contract, Dataset<Row> rows) {
    StructType held = rows.schema();
    List<String> now =
        Stream.concat(
                contract.landedFields().stream()
                    .map(f -> f.name() + " (" + f.type().sparkType().simpleString() + ")"),
                BronzeIngest.datedBy(contract).stream().map(d -> Stored.MONTH + " (date)"))
            .toList();
    List<String> then =
        Arrays.stream(held.fields())
            .filter(f -> !f.name().startsWith("_") || f.name().equals(Stored.MONTH))
            .map(f -> f.name() + " (" + f.dataType().simpleString() + ")")
            .toList();
    List<String> added = now.stream().filter(c -> !then.contains(c)).toList();
    List<String> gone = then.stream().filter(c -> !now.contains(c)).toList();
    if (!added.isEmpty() || !gone.isEmpty()) {
      throw new InvalidInput(
          contract.table() + " has other columns than its contract",
          Stream.of(inWords("only the contract has", added), inWords("only the table has", gone))
              .filter(w -> !w.isEmpty())
              .collect(Collectors.joining("; ")),
          "if the contract is right, `needle ingest --source "
              + contract.id()
              + " --rebuild` makes the table anew from the landed files");
    }
    Derivations.check(contract, held);
    Readings.check(contract, rows);
  }

  private static String inWords(String who, List<String> columns) {
    return columns.isEmpty() ? "" : who + " " + String.join(", ", columns);
  }
}
