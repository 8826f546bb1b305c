package needle.pipelines.ingest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructType;

/**
 * By which SQL the columns of a bronze table were derived, kept in the metadata of each column from
 * when the table is made: accepted rows are never derived again.
 */
final class Derivations {
  private static final String DERIVED_BY = "needle.derivedBy";
  private static final String READ = "";

  private Derivations() {}

  /** What a column of a new table says of itself. */
  static void of(Field field, MetadataBuilder metadata) {
    metadata.putString(DERIVED_BY, now(field));
  }

  /** What to know of a table that was made before its columns said it. */
  static Optional<String> unknown(ExtractContract contract, StructType held) {
    return then(held).isEmpty() && contract.fields().stream().anyMatch(Field::isDerived)
        ? Optional.of(
            "it was made before tables kept how their columns are derived: if transformLogic was"
                + " changed since, rows accepted before have the old values until `needle ingest"
                + " --source "
                + contract.id()
                + " --rebuild`, which ends this warning, too")
        : Optional.empty();
  }

  /** Fails where the rows that a table holds were derived by other SQL than the contract has. */
  static void check(ExtractContract contract, StructType held) {
    Map<String, String> then = then(held);
    List<String> changed = new ArrayList<>();
    for (Field field : contract.landedFields()) {
      String before = then.getOrDefault(field.name(), now(field));
      if (!isSame(before, now(field))) {
        changed.add(field.name() + " was " + inWords(before) + ", now " + inWords(now(field)));
      }
    }
    if (!changed.isEmpty()) {
      throw new InvalidInput(
          contract.table() + " holds rows that were derived otherwise than its contract has it",
          String.join("; ", changed) + "; rows that were accepted keep the values of before",
          "if the contract is right, `needle ingest --source "
              + contract.id()
              + " --rebuild` makes the table anew from the landed files");
    }
  }

  private static Map<String, String> then(StructType held) {
    return Arrays.stream(held.fields())
        .filter(f -> f.metadata().contains(DERIVED_BY))
        .collect(Collectors.toMap(f -> f.name(), f -> f.metadata().getString(DERIVED_BY)));
  }

  private static String now(Field field) {
    return field.isDerived() ? field.derivedBy() : READ;
  }

  // However it is laid out.
  private static boolean isSame(String before, String now) {
    return before.equals(now)
        || !before.equals(READ)
            && !now.equals(READ)
            && new CatalystSqlParser()
                .parseExpression(before)
                .equals(new CatalystSqlParser().parseExpression(now));
  }

  private static String inWords(String derivedBy) {
    return derivedBy.equals(READ) ? "read as it is" : "`" + derivedBy + "`";
  }
}
