package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.kit.ColumnType;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;

/**
 * How the texts of a bronze table's columns were read, kept in the metadata of each column from
 * when the table is made: accepted rows are never read again.
 */
final class Readings {
  private static final String READ_AS = "needle.readAs";
  private static final String EMPTY = "needle.emptyTexts";

  private Readings() {}

  /** What a column of a new table says of itself. */
  static void of(ExtractContract contract, Field field, MetadataBuilder metadata) {
    if (!field.isDerived()) {
      metadata
          .putString(READ_AS, now(contract, field))
          .putString(EMPTY, String.join("\n", contract.dialect().emptyTexts()));
    }
  }

  /** Fails where the rows that a table holds mean something else by the contract as it is now. */
  static void check(ExtractContract contract, Dataset<Row> held) {
    List<String> changed = new ArrayList<>();
    List<Column> isEmptyNow = new ArrayList<>();
    for (Field field : contract.landedFields()) {
      Metadata then = metadata(held, field);
      if (field.isDerived() || !then.contains(READ_AS)) {
        continue;
      }
      String before = then.getString(READ_AS);
      if (!before.equals(now(contract, field))) {
        changed.add(field.name() + " was " + before + ", now " + now(contract, field));
      }
      List<String> emptyThen = then.getString(EMPTY).lines().toList();
      List<String> emptyNow = contract.dialect().emptyTexts();
      if (!emptyNow.containsAll(emptyThen)) {
        changed.add(field.name() + " was empty where it said " + without(emptyThen, emptyNow));
      }
      for (String text : without(emptyNow, emptyThen)) {
        Column value = lit(text).try_cast(field.type().sparkType());
        isEmptyNow.add(col(field.name()).equalTo(value));
      }
    }
    Optional<Column> isAny = isEmptyNow.stream().reduce(Column::or);
    if (changed.isEmpty()
        && isAny.filter(any -> !accepted(held).where(any).isEmpty()).isPresent()) {
      changed.add("it holds values that are among emptyTexts now");
    }
    if (!changed.isEmpty()) {
      throw new InvalidInput(
          contract.table() + " holds rows that were read otherwise than its contract has it",
          String.join("; ", changed) + "; rows that were accepted keep the values of before",
          "if the contract is right, `needle ingest --source "
              + contract.id()
              + " --rebuild` makes the table anew from the landed files");
    }
  }

  private static Dataset<Row> accepted(Dataset<Row> held) {
    return held.where(col(BronzeIngest.OUTCOME).equalTo(BronzeIngest.ACCEPTED));
  }

  private static Metadata metadata(Dataset<Row> held, Field field) {
    return Arrays.stream(held.schema().fields())
        .filter(f -> f.name().equals(field.name()))
        .findFirst()
        .map(StructField::metadata)
        .orElse(Metadata.empty());
  }

  private static List<String> without(List<String> texts, List<String> others) {
    return texts.stream().filter(t -> !others.contains(t)).toList();
  }

  // Texts, numbers and flags are read in one way only.
  private static String now(ExtractContract contract, Field field) {
    boolean isTime = field.type() == ColumnType.DATE || field.type() == ColumnType.INSTANT;
    String zone = TypedColumns.isLocal(field) ? " in " + contract.dialect().timezone() : "";
    return isTime ? field.format() + zone : "as it is";
  }
}
