package needle.pipelines.study;

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
 * Covariates whose values are names, as columns of 0 and 1: one for each value but the first, which
 * is what the others are compared with. An empty cell stays empty.
 *
 * @param panel with these columns
 * @param covariates with these columns in the factors' places
 */
record Factors(Dataset<Row> panel, List<Covariate> covariates) {
  private static final int MOST_LEVELS = 50;

  static Factors of(Dataset<Row> panel, List<Covariate> listed) {
    Map<String, Column> added = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>(List.of(panel.columns()));
    List<Covariate> covariates = new ArrayList<>();
    for (Covariate covariate : listed) {
      if (!covariate.isFactor()) {
        covariates.add(covariate);
        continue;
      }
      Column value = value(panel, covariate.name());
      List<String> levels = levels(panel, covariate.name(), value);
      for (String level : levels.subList(1, levels.size())) {
        String name = name(covariate.name(), level, taken);
        added.put(name, when(value.isNotNull(), value.equalTo(level).cast("double")));
        covariates.add(new Covariate(name));
      }
    }
    return new Factors(panel.withColumns(added), covariates);
  }

  private static Column value(Dataset<Row> panel, String name) {
    if (!List.of(panel.columns()).contains(name)) {
      throw new InvalidInput(
          "The panel has no column " + name,
          "its columns are " + String.join(", ", panel.columns()),
          "name an existing column in covariates");
    }
    return col(name).cast("string");
  }

  private static List<String> levels(Dataset<Row> panel, String name, Column value) {
    List<String> levels =
        panel
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
