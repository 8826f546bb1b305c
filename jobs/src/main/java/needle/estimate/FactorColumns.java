package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows with a column of 0 and 1 for each value but the first of columns whose values are names. The
 * first is what the others are compared with. An empty cell stays empty.
 *
 * @param rows with these columns
 * @param columns their names, by the column that they are made of
 */
public record FactorColumns(Dataset<Row> rows, Map<String, List<String>> columns) {
  private static final int MOST_LEVELS = 50;

  /** The rows with columns for each factor, as named. */
  public static FactorColumns of(Dataset<Row> rows, List<String> factors) {
    Map<String, Column> added = new LinkedHashMap<>();
    Map<String, List<String>> columns = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>(List.of(rows.columns()));
    for (String factor : factors) {
      Column value = value(rows, factor);
      List<String> names = new ArrayList<>();
      List<String> levels = levels(rows, factor, value);
      for (String level : levels.subList(1, levels.size())) {
        String name = name(factor, level, taken);
        added.put(name, when(value.isNotNull(), value.equalTo(level).cast("double")));
        names.add(name);
      }
      columns.put(factor, names);
    }
    return new FactorColumns(rows.withColumns(added), columns);
  }

  private static Column value(Dataset<Row> rows, String name) {
    if (!List.of(rows.columns()).contains(name)) {
      throw new InvalidInput(
          "The panel has no column " + name,
          "its columns are " + String.join(", ", rows.columns()),
          "name an existing column in covariates");
    }
    return col(name).cast("string");
  }

  private static List<String> levels(Dataset<Row> rows, String name, Column value) {
    List<String> levels =
        rows
            .select(value)
            .where(value.isNotNull())
            .distinct()
            .limit(MOST_LEVELS + 1)
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .sorted()
            .toList();
    if (levels.size() < 2 || levels.size() > MOST_LEVELS) {
      throw new InvalidInput(
          "The covariate " + name + " is no factor",
          levels.size() < 2
              ? "all its cells are empty or say the same"
              : "it has more than " + MOST_LEVELS + " values",
          levels.size() < 2
              ? "leave it out"
              : "group its values, or leave factor out if they are numbers");
    }
    return levels;
  }

  // A dot or a backtick in a column's name would mean a part of another.
  private static String name(String factor, String level, Set<String> taken) {
    String plain = factor + "=" + level.replaceAll("[.`]", "_");
    String name = plain;
    for (int i = 2; !taken.add(name); i++) {
      name = plain + "_" + i;
    }
    return name;
  }
}
