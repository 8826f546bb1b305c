package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.types.StructType;

/**
 * What a regression with absorbed effects explains the outcome by.
 *
 * @param regressors numeric columns, the first of which is the headline
 * @param absorbed columns whose levels each have an intercept of their own
 * @param exposure what a count was counted over, such as hours
 */
record AbsorbedModel(List<String> regressors, List<String> absorbed, Optional<String> exposure) {
  AbsorbedModel {
    regressors = List.copyOf(regressors);
    absorbed = List.copyOf(absorbed);
    Faults faults = new Faults("The fixed-effects regression");
    if (regressors.isEmpty()) {
      faults.add("There is nothing to estimate", "no regressors are listed", "list at least one");
    }
    if (absorbed.isEmpty()) {
      faults.add("No effects are absorbed", "absorb is empty", "list a column, such as the unit");
    }
    Set<String> seen = new LinkedHashSet<>();
    for (String column : columns(regressors, absorbed)) {
      if (!seen.add(column)) {
        faults.add(
            "The column " + column + " stands twice",
            "regressors and absorbed columns must be different columns",
            "name it once");
      }
    }
    faults.report();
  }

  /** Fails unless the panel has these columns, with types that can play their roles. */
  void check(StructType schema, StudyDesign design) {
    PanelColumns.check(schema, design, exposure.stream().toList(), Optional.empty());
    Faults faults = new Faults("The panel");
    for (String column : columns(regressors, absorbed)) {
      if (!Arrays.asList(schema.fieldNames()).contains(column)) {
        faults.add(
            "The panel has no column " + column,
            "its columns are " + String.join(", ", schema.fieldNames()),
            "name an existing column in the study");
      } else if (regressors.contains(column)) {
        PanelColumns.requireNumber(
            schema, column, "regressor", "supply numbers, or absorb the column", faults);
      }
    }
    faults.report();
  }

  private static List<String> columns(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
