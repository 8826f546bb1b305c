package needle.estimate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.last;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Covariates of a panel's rows that treatment may have changed (bad controls: Rosenbaum 1984;
 * Angrist & Pischke 2009, section 3.2.3). From a unit's first treated row on, each has to keep the
 * value of the row before, unless it is the same for all units of a period.
 *
 * @param period in whose order a unit's rows stand
 * @param covariates of which nobody says that a row's value was measured before treatment
 */
public record PostTreatmentCovariates(String period, List<String> covariates) {

  /** Fails with the names of those that change. */
  void require(Dataset<Row> panel, String unit, String treatment) {
    long[] changes = changes(panel, unit, treatment);
    List<String> changing =
        IntStream.range(0, changes.length)
            .filter(i -> changes[i] > 0)
            .mapToObj(covariates::get)
            .toList();
    Faults faults = new Faults("The panel");
    for (String covariate : differingWithinPeriods(panel, changing)) {
      faults.add(
          "The covariate " + covariate + " may have been changed by the treatment",
          "in "
              + changes[covariates.indexOf(covariate)]
              + " rows from a unit's first treated one on it is not what it was in the row before,"
              + " and adjusting for what treatment changes hides a part of the effect or makes one"
              + " up",
          "leave it out, or write each unit's value before its treatment in all its rows; where a"
              + " row's value was measured before the treatment, say measured: before of it");
    }
    faults.report();
  }

  // One pass over the units.
  private long[] changes(Dataset<Row> panel, String unit, String treatment) {
    WindowSpec rows = Window.partitionBy(col(unit)).orderBy(PanelColumns.number(period));
    WindowSpec before = rows.rowsBetween(Window.unboundedPreceding(), -1);
    Column isTreated = coalesce(PanelColumns.number(treatment).notEqual(0), lit(false));
    List<Column> changed = new ArrayList<>();
    for (String covariate : covariates) {
      Column value = PanelColumns.number(covariate);
      changed.add(max(isTreated).over(rows).and(value.notEqual(last(value, true).over(before))));
    }
    Dataset<Row> told = named(panel, changed);
    Row counted = aggregated(told, changed.size(), isChanged -> count(when(isChanged, 1)));
    return IntStream.range(0, changed.size()).mapToLong(counted::getLong).toArray();
  }

  // What depends on the period alone, such as its own indicator, no unit's treatment has changed.
  private List<String> differingWithinPeriods(Dataset<Row> panel, List<String> changing) {
    if (changing.isEmpty()) {
      return List.of();
    }
    List<Column> differs =
        changing.stream()
            .map(PanelColumns::number)
            .map(value -> min(value).notEqual(max(value)))
            .toList();
    Dataset<Row> byPeriod =
        panel
            .groupBy(col(period))
            .agg(
                differs.get(0).as(name(0)),
                IntStream.range(1, differs.size())
                    .mapToObj(i -> differs.get(i).as(name(i)))
                    .toArray(Column[]::new));
    Row differing = aggregated(byPeriod, differs.size(), d -> max(coalesce(d, lit(false))));
    return IntStream.range(0, changing.size())
        .filter(differing::getBoolean)
        .mapToObj(changing::get)
        .toList();
  }

  private static String name(int column) {
    return "c" + column;
  }

  private static Dataset<Row> named(Dataset<Row> panel, List<Column> columns) {
    return panel.select(
        IntStream.range(0, columns.size())
            .mapToObj(i -> columns.get(i).as(name(i)))
            .toArray(Column[]::new));
  }

  private static Row aggregated(Dataset<Row> rows, int columns, UnaryOperator<Column> how) {
    Column[] all =
        IntStream.range(0, columns).mapToObj(i -> how.apply(col(name(i)))).toArray(Column[]::new);
    return rows.agg(all[0], Arrays.copyOfRange(all, 1, columns)).first();
  }
}
