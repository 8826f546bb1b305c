package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The complete rows of a panel by the absorbed column with the most levels, which is swept out; the
 * other absorbed columns become dummies. Held in memory until closed.
 */
final class AbsorbedPanel implements AutoCloseable {
  private final JavaRDD<AbsorbedGroup> held;
  private final AbsorbedRows grouped;
  private final AbsorbedLayout layout;
  private final List<AttritionStep> attrition;

  private AbsorbedPanel(
      JavaRDD<AbsorbedGroup> held,
      AbsorbedRows grouped,
      AbsorbedLayout layout,
      List<AttritionStep> attrition) {
    this.held = held;
    this.grouped = grouped;
    this.layout = layout;
    this.attrition = attrition;
  }

  AbsorbedRows grouped() {
    return grouped;
  }

  /** Which column is swept out, and the levels of the others. */
  AbsorbedLayout layout() {
    return layout;
  }

  /** From the rows read to the rows analysed. */
  List<AttritionStep> attrition() {
    return attrition;
  }

  static AbsorbedPanel of(Dataset<Row> panel, StudyDesign design, AbsorbedModel model) {
    model.check(panel.schema(), design);
    Column isComplete = isComplete(design, model);
    if (model.absorbed().contains(design.unit())) {
      AbsorbedLayout byUnit =
          AbsorbedLayout.of(panel.where(isComplete), design, model, design.unit());
      if (byUnit.isNarrow()) {
        return byUnit(panel, design, model, byUnit, isComplete);
      }
    }
    Row read = sizes(panel, design, model, isComplete);
    return of(panel.where(isComplete), design, model, List.of(all(read), complete(read)), read);
  }

  /**
   * @param separated takes the complete rows that determine nothing away
   */
  static AbsorbedPanel of(
      Dataset<Row> panel,
      StudyDesign design,
      AbsorbedModel model,
      UnaryOperator<Dataset<Row>> separated) {
    model.check(panel.schema(), design);
    Column isComplete = isComplete(design, model);
    Row read = sizes(panel, design, model, isComplete);
    Dataset<Row> left = separated.apply(panel.where(isComplete));
    Row sizes = sizes(left, design, model, lit(true));
    return of(left, design, model, List.of(all(read), complete(read), complete(sizes)), sizes);
  }

  // The groups are the units, so that reading them once tells how many there are.
  private static AbsorbedPanel byUnit(
      Dataset<Row> panel,
      StudyDesign design,
      AbsorbedModel model,
      AbsorbedLayout layout,
      Column isComplete) {
    JavaRDD<AbsorbedGroup> all = HeldUnits.of(layout.groups(panel, design, model, isComplete));
    AbsorbedSurvey survey = OrderedSums.of(all, new AbsorbedSurvey());
    List<AbsorbedSizes> sizes = List.of(survey.read(), survey.complete());
    requireRows(sizes);
    return new AbsorbedPanel(
        all, layout.rows(all.filter(g -> g.rows() > 0), model), layout, attrition(sizes));
  }

  private static AbsorbedPanel of(
      Dataset<Row> complete,
      StudyDesign design,
      AbsorbedModel model,
      List<AbsorbedSizes> steps,
      Row sizes) {
    requireRows(steps);
    AbsorbedLayout layout =
        AbsorbedLayout.of(complete, design, model, swept(sizes, model.absorbed()));
    JavaRDD<AbsorbedGroup> groups = HeldUnits.of(layout.groups(complete, design, model, lit(true)));
    return new AbsorbedPanel(groups, layout.rows(groups, model), layout, attrition(steps));
  }

  private static void requireRows(List<AbsorbedSizes> steps) {
    if (steps.get(steps.size() - 1).rows() == 0) {
      throw new InvalidInput(
          "No row can be analysed",
          "none of the panel's "
              + steps.get(0).rows()
              + " rows has all of its columns filled"
              + (steps.size() > 2 ? " and a group in which anything was counted" : ""),
          "fill the outcome, the regressors, the absorbed columns and the cluster");
    }
  }

  private static Column isComplete(StudyDesign design, AbsorbedModel model) {
    Column filled = isFinite(design.outcome());
    for (String column : model.regressors()) {
      filled = filled.and(isFinite(column));
    }
    if (model.exposure().isPresent()) {
      filled = filled.and(isFinite(model.exposure().get()));
    }
    for (String column : model.absorbed()) {
      filled = filled.and(col(column).isNotNull());
    }
    for (String column : AbsorbedLayout.clusters(design)) {
      filled = filled.and(col(column).isNotNull());
    }
    return filled;
  }

  private static Column isFinite(String column) {
    return PanelColumns.isFinite(PanelColumns.number(column));
  }

  // Rows and units read, rows and units complete, then the levels of each absorbed column.
  private static Row sizes(
      Dataset<Row> panel, StudyDesign design, AbsorbedModel model, Column isComplete) {
    List<Column> counted = new ArrayList<>();
    counted.add(count_distinct(col(design.unit())));
    counted.add(count(when(isComplete, 1)));
    counted.add(count_distinct(when(isComplete, col(design.unit()))));
    for (String column : model.absorbed()) {
      counted.add(count_distinct(when(isComplete, col(column))));
    }
    return panel.agg(count(lit(1)), counted.toArray(Column[]::new)).first();
  }

  private static AbsorbedSizes all(Row sizes) {
    return new AbsorbedSizes(sizes.getLong(1), sizes.getLong(0));
  }

  private static AbsorbedSizes complete(Row sizes) {
    return new AbsorbedSizes(sizes.getLong(3), sizes.getLong(2));
  }

  private static String swept(Row sizes, List<String> absorbed) {
    int most = 0;
    for (int i = 1; i < absorbed.size(); i++) {
      most = sizes.getLong(4 + i) > sizes.getLong(4 + most) ? i : most;
    }
    for (int i = 0; i < absorbed.size(); i++) {
      if (i != most && sizes.getLong(4 + i) > AbsorbedLayout.MOST_DUMMIES) {
        throw new InvalidInput(
            "Two absorbed columns have too many levels",
            absorbed.get(i)
                + " has "
                + sizes.getLong(4 + i)
                + ", and beside the largest column at most "
                + AbsorbedLayout.MOST_DUMMIES
                + " can be absorbed",
            "absorb a coarser column");
      }
    }
    return absorbed.get(most);
  }

  private static List<AttritionStep> attrition(List<AbsorbedSizes> sizes) {
    String[] reasons = {
      "outcome, regressor, absorbed column or cluster is empty",
      "all outcomes of the level of an absorbed column are zero"
    };
    String[] names = {"incomplete", "nothing_counted"};
    List<AttritionStep> steps = new ArrayList<>();
    steps.add(step("read", sizes.get(0), "all rows"));
    for (int i = 1; i < sizes.size(); i++) {
      steps.add(step(names[i - 1], sizes.get(i - 1).less(sizes.get(i)), reasons[i - 1]));
    }
    steps.add(step("analysed", sizes.get(sizes.size() - 1), "complete rows"));
    return steps;
  }

  private static AttritionStep step(String name, AbsorbedSizes sizes, String reason) {
    return new AttritionStep(name, sizes.units(), sizes.rows(), reason);
  }

  @Override
  public void close() {
    held.unpersist(false);
  }
}
