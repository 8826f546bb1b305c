package needle.estimate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * The complete rows of a panel by the absorbed column with the most levels, which is swept out; the
 * other absorbed columns become dummies. Held in memory until closed.
 */
final class AbsorbedPanel implements AutoCloseable {
  private static final long MOST_DUMMIES = 500;

  private final Dataset<Row> complete;
  private final AbsorbedRows grouped;
  private final List<AttritionStep> attrition;

  private AbsorbedPanel(
      Dataset<Row> complete, AbsorbedRows grouped, List<AttritionStep> attrition) {
    this.complete = complete;
    this.grouped = grouped;
    this.attrition = attrition;
  }

  /** The rows that are analysed. */
  Dataset<Row> rows() {
    return complete;
  }

  AbsorbedRows grouped() {
    return grouped;
  }

  /** From the rows read to the rows analysed. */
  List<AttritionStep> attrition() {
    return attrition;
  }

  static AbsorbedPanel of(Dataset<Row> panel, StudyDesign design, AbsorbedModel model) {
    return of(panel, design, model, Optional.empty());
  }

  /**
   * @param separated takes the complete rows that determine nothing away
   */
  static AbsorbedPanel of(
      Dataset<Row> panel,
      StudyDesign design,
      AbsorbedModel model,
      Optional<UnaryOperator<Dataset<Row>>> separated) {
    model.check(panel.schema(), design);
    List<String> clusters =
        design.clusters().isEmpty() ? List.of(design.unit()) : design.clusters();
    Column isComplete = isComplete(design, model, clusters);
    Row read = sizes(panel, design, model, isComplete);
    Dataset<Row> complete =
        separated.orElse(UnaryOperator.identity()).apply(panel.where(isComplete));
    Row sizes = separated.isPresent() ? sizes(complete, design, model, lit(true)) : read;
    if (sizes.getLong(2) == 0) {
      throw new InvalidInput(
          "No row can be analysed",
          "none of the panel's "
              + read.getLong(0)
              + " rows has all of its columns filled"
              + (separated.isPresent() ? " and a group in which anything was counted" : ""),
          "fill the outcome, the regressors, the absorbed columns and the cluster");
    }
    String swept = swept(sizes, model.absorbed());
    List<String> others = model.absorbed().stream().filter(a -> !a.equals(swept)).toList();
    List<List<String>> levels = new ArrayList<>();
    boolean[] nested = new boolean[others.size()];
    for (int c = 0; c < nested.length; c++) {
      List<Row> found = levels(complete, others.get(c), clusters);
      levels.add(found.stream().map(r -> r.getString(0)).toList());
      nested[c] = isNested(found, clusters.size());
    }
    JavaRDD<AbsorbedGroup> groups =
        groups(complete, design, model, swept, others, levels, clusters);
    AbsorbedTerms terms = AbsorbedTerms.of(others, levels, model.regressors());
    return new AbsorbedPanel(
        complete,
        new AbsorbedRows(groups.persist(StorageLevel.MEMORY_AND_DISK()), terms, nested),
        attrition(read, sizes));
  }

  private static Column isComplete(StudyDesign design, AbsorbedModel model, List<String> clusters) {
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
    for (String column : clusters) {
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

  private static String swept(Row sizes, List<String> absorbed) {
    int most = 0;
    for (int i = 1; i < absorbed.size(); i++) {
      most = sizes.getLong(4 + i) > sizes.getLong(4 + most) ? i : most;
    }
    for (int i = 0; i < absorbed.size(); i++) {
      if (i != most && sizes.getLong(4 + i) > MOST_DUMMIES) {
        throw new InvalidInput(
            "Two absorbed columns have too many levels",
            absorbed.get(i)
                + " has "
                + sizes.getLong(4 + i)
                + ", and beside the largest column at most "
                + MOST_DUMMIES
                + " can be absorbed",
            "absorb a coarser column");
      }
    }
    return absorbed.get(most);
  }

  // A column's levels in order, each with its first and last cluster of every way.
  private static List<Row> levels(Dataset<Row> complete, String column, List<String> clusters) {
    List<Column> ends = new ArrayList<>();
    for (String cluster : clusters) {
      ends.add(min(col(cluster).cast("string")));
      ends.add(max(col(cluster).cast("string")));
    }
    List<Row> levels =
        new ArrayList<>(
            complete
                .groupBy(col(column).cast("string").as("level"))
                .agg(ends.get(0), ends.subList(1, ends.size()).toArray(Column[]::new))
                .collectAsList());
    levels.sort(java.util.Comparator.comparing(r -> r.getString(0)));
    return levels;
  }

  private static boolean isNested(List<Row> levels, int ways) {
    for (int w = 0; w < ways; w++) {
      int first = 1 + 2 * w;
      if (levels.stream().allMatch(l -> l.getString(first).equals(l.getString(first + 1)))) {
        return true;
      }
    }
    return false;
  }

  private static JavaRDD<AbsorbedGroup> groups(
      Dataset<Row> complete,
      StudyDesign design,
      AbsorbedModel model,
      String swept,
      List<String> others,
      List<List<String>> levels,
      List<String> clusters) {
    List<Map<String, Integer>> positions = new ArrayList<>();
    for (List<String> names : levels) {
      Map<String, Integer> position = new HashMap<>();
      names.forEach(name -> position.put(name, position.size()));
      positions.add(position);
    }
    return complete
        .select(
            col(swept).cast("string").as("group"),
            texts(clusters).as("clusters"),
            PanelColumns.number(design.outcome()).as("y"),
            array(model.regressors().stream().map(PanelColumns::number).toArray(Column[]::new))
                .as("x"),
            texts(others).as("levels"),
            model.exposure().map(PanelColumns::number).orElse(lit(1.0)).as("exposure"))
        .groupBy("group")
        .agg(
            sort_array(collect_list(struct("clusters", "y", "x", "levels", "exposure"))).as("rows"))
        .withColumn("bucket", OrderedSums.bucket(col("group")))
        .transform(rows -> OrderedSums.inBuckets(rows, "group"))
        .select("bucket", "rows")
        .toJavaRDD()
        .map(row -> group(row, positions));
  }

  private static Column texts(List<String> columns) {
    return array(columns.stream().map(c -> col(c).cast("string")).toArray(Column[]::new))
        .cast("array<string>");
  }

  private static AbsorbedGroup group(Row line, List<Map<String, Integer>> positions) {
    List<Row> rows = line.getList(1);
    int size = rows.size();
    AbsorbedGroup group =
        new AbsorbedGroup(
            line.getInt(0),
            new double[size],
            new double[size],
            new double[size][],
            new int[size][positions.size()],
            new String[size][]);
    for (int r = 0; r < size; r++) {
      Row row = rows.get(r);
      group.clusters()[r] = row.<String>getList(0).toArray(String[]::new);
      group.outcomes()[r] = row.getDouble(1);
      group.exposures()[r] = row.getDouble(4);
      group.regressors()[r] =
          row.<Double>getList(2).stream().mapToDouble(Double::doubleValue).toArray();
      List<String> names = row.getList(3);
      for (int c = 0; c < names.size(); c++) {
        group.levels()[r][c] = positions.get(c).get(names.get(c));
      }
    }
    return group;
  }

  private static List<AttritionStep> attrition(Row read, Row analysed) {
    List<AttritionStep> steps = new ArrayList<>();
    steps.add(new AttritionStep("read", read.getLong(1), read.getLong(0), "all rows"));
    steps.add(
        new AttritionStep(
            "incomplete",
            read.getLong(1) - read.getLong(3),
            read.getLong(0) - read.getLong(2),
            "outcome, regressor, absorbed column or cluster is empty"));
    if (read != analysed) {
      steps.add(
          new AttritionStep(
              "nothing_counted",
              read.getLong(3) - analysed.getLong(3),
              read.getLong(2) - analysed.getLong(2),
              "all outcomes of the level of an absorbed column are zero"));
    }
    steps.add(
        new AttritionStep("analysed", analysed.getLong(3), analysed.getLong(2), "complete rows"));
    return steps;
  }

  @Override
  public void close() {
    grouped.groups().unpersist(false);
  }
}
