package needle.estimate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_distinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructType;

/**
 * Linear regression with absorbed fixed effects, with conventional or cluster-robust standard
 * errors (CRV1: G/(G − 1) · (N − 1)/(N − K), where effects nested in the clusters count as one
 * parameter; Cameron & Miller 2015).
 *
 * <p>The absorbed column with the most levels is swept out by centring; the others become dummies.
 * A coefficient describes; where treatment is staggered it weighs some effects negatively
 * (Goodman-Bacon 2021), so it never carries a verdict.
 */
public final class FixedEffects implements EffectEstimator {
  /** How doubt is measured. */
  public enum Errors {
    /** Every row is independent, with one variance. */
    CONVENTIONAL,
    /** Rows of a cluster may move together in any way. */
    CLUSTERED
  }

  private static final long MOST_DUMMIES = 500;

  private final List<String> regressors;
  private final List<String> absorbed;
  private final Errors errors;

  /**
   * @param regressors numeric columns, the first of which is the headline
   * @param absorbed columns whose levels each have an intercept of their own
   */
  public FixedEffects(List<String> regressors, List<String> absorbed, Errors errors) {
    this.regressors = List.copyOf(regressors);
    this.absorbed = List.copyOf(absorbed);
    this.errors = errors;
    Faults faults = new Faults("The fixed-effects regression");
    if (regressors.isEmpty()) {
      faults.add("There is nothing to estimate", "no regressors are listed", "list at least one");
    }
    if (absorbed.isEmpty()) {
      faults.add("No effects are absorbed", "absorb is empty", "list a column, such as the unit");
    }
    Set<String> seen = new LinkedHashSet<>();
    for (String column : concatenated(regressors, absorbed)) {
      if (!seen.add(column)) {
        faults.add(
            "The column " + column + " stands twice",
            "regressors and absorbed columns must be different columns",
            "name it once");
      }
    }
    faults.report();
  }

  @Override
  public String name() {
    return "fixed_effects";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    check(panel.schema(), design);
    String cluster = design.cluster().orElse(design.unit());
    Dataset<Row> complete = panel.where(isComplete(design, cluster));
    Row sizes = sizes(panel, design);
    if (sizes.getLong(2) == 0) {
      throw new InvalidInput(
          "No row can be analysed",
          "none of the panel's " + sizes.getLong(0) + " rows has all of its columns filled",
          "fill the outcome, the regressors, the absorbed columns and the cluster");
    }
    String swept = swept(sizes);
    List<String> others = absorbed.stream().filter(a -> !a.equals(swept)).toList();
    List<Column> columns = new ArrayList<>();
    List<String> terms = new ArrayList<>();
    List<String> inside = nested(complete, others, cluster);
    for (String other : inside) {
      addDummies(complete, other, columns, terms);
    }
    int nested = terms.size();
    for (String other : others) {
      if (!inside.contains(other)) {
        addDummies(complete, other, columns, terms);
      }
    }
    int dummies = terms.size();
    for (String regressor : regressors) {
      columns.add(col(regressor).cast("double"));
      terms.add(regressor);
    }
    Dataset<Row> groups = groups(complete, design, swept, cluster, columns);
    WithinRegression fit = WithinRegression.of(groups, terms, dummies, nested, errors);
    return told(fit, terms, dummies, sizes);
  }

  private void check(StructType schema, StudyDesign design) {
    PanelColumns.check(schema, design);
    Faults faults = new Faults("The panel");
    for (String column : concatenated(regressors, absorbed)) {
      if (!Arrays.asList(schema.fieldNames()).contains(column)) {
        faults.add(
            "The panel has no column " + column,
            "its columns are " + String.join(", ", schema.fieldNames()),
            "name an existing column in the study");
      } else if (regressors.contains(column)) {
        var type = schema.apply(column).dataType();
        if (!(type instanceof NumericType || type instanceof BooleanType)) {
          faults.add(
              "The regressor " + column + " is not a number",
              "its type is " + type.simpleString(),
              "supply numbers, or absorb the column");
        }
      }
    }
    faults.report();
  }

  private Column isComplete(StudyDesign design, String cluster) {
    Column filled = col(cluster).isNotNull();
    for (String column : concatenated(List.of(design.outcome()), regressors)) {
      Column value = col(column).cast("double");
      // No finite number is as large as infinity, and NaN is larger still.
      filled =
          filled
              .and(value.isNotNull())
              .and(org.apache.spark.sql.functions.abs(value).lt(lit(Double.POSITIVE_INFINITY)));
    }
    for (String column : absorbed) {
      filled = filled.and(col(column).isNotNull());
    }
    return filled;
  }

  // Rows and units read, rows and units complete, then the levels of each absorbed column.
  private Row sizes(Dataset<Row> panel, StudyDesign design) {
    Column isComplete = isComplete(design, design.cluster().orElse(design.unit()));
    List<Column> counted = new ArrayList<>();
    counted.add(count_distinct(col(design.unit())));
    counted.add(count(when(isComplete, 1)));
    counted.add(count_distinct(when(isComplete, col(design.unit()))));
    for (String column : absorbed) {
      counted.add(count_distinct(when(isComplete, col(column))));
    }
    return panel.agg(count(lit(1)), counted.toArray(Column[]::new)).first();
  }

  private String swept(Row sizes) {
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

  // Those of which every level lies in one cluster.
  private static List<String> nested(Dataset<Row> complete, List<String> others, String cluster) {
    if (others.isEmpty()) {
      return List.of();
    }
    List<Column> counted = new ArrayList<>();
    for (String other : others) {
      counted.add(count_distinct(col(other)));
      counted.add(count_distinct(col(other), col(cluster)));
    }
    Row levels = complete.agg(count(lit(1)), counted.toArray(Column[]::new)).first();
    return others.stream()
        .filter(
            o -> {
              int at = 1 + 2 * others.indexOf(o);
              return levels.getLong(at) == levels.getLong(at + 1);
            })
        .toList();
  }

  private static void addDummies(
      Dataset<Row> complete, String column, List<Column> columns, List<String> terms) {
    List<String> levels =
        complete.select(col(column).cast("string")).distinct().collectAsList().stream()
            .map(r -> r.getString(0))
            .sorted()
            .toList();
    for (String level : levels.subList(1, levels.size())) {
      columns.add(col(column).cast("string").equalTo(level).cast("double"));
      terms.add(column + "=" + level);
    }
  }

  private static Dataset<Row> groups(
      Dataset<Row> complete,
      StudyDesign design,
      String swept,
      String cluster,
      List<Column> columns) {
    return complete
        .select(
            col(swept).cast("string").as("group"),
            col(cluster).cast("string").as("cluster"),
            col(design.outcome()).cast("double").as("y"),
            array(columns.toArray(Column[]::new)).as("x"))
        .groupBy("group")
        .agg(sort_array(collect_list(struct("cluster", "y", "x"))).as("rows"));
  }

  private EffectEstimate told(WithinRegression fit, List<String> terms, int dummies, Row sizes) {
    double freedom = fit.degreesOfFreedom();
    List<Effect> effects = new ArrayList<>();
    for (int i = dummies; i < terms.size(); i++) {
      effects.add(effect(fit, terms.get(i), i, freedom));
    }
    long lost = sizes.getLong(0) - sizes.getLong(2);
    List<AttritionStep> steps = new ArrayList<>();
    steps.add(new AttritionStep("read", sizes.getLong(1), sizes.getLong(0), "all rows"));
    steps.add(
        new AttritionStep(
            "incomplete",
            sizes.getLong(1) - sizes.getLong(3),
            lost,
            "outcome, regressor, absorbed column or cluster is empty"));
    steps.add(new AttritionStep("analysed", sizes.getLong(3), sizes.getLong(2), "complete rows"));
    double share = sizes.getLong(2) / (double) sizes.getLong(0);
    List<Diagnostic> diagnostics =
        List.of(
            new Diagnostic(
                "attrition",
                "share_analysed",
                share,
                Double.NaN,
                share < 0.8 ? Status.WARNING : Status.PASS,
                String.format(
                    java.util.Locale.ROOT, "%.0f%% of the rows read were analysed.", 100 * share)),
            new Diagnostic(
                "not_a_design",
                "regression",
                Double.NaN,
                Double.NaN,
                Status.WARNING,
                "A coefficient is not an effect by itself; where treatment is staggered it compares"
                    + " with people already treated."));
    return new EffectEstimate(name(), effects.get(0), effects, diagnostics, steps, freedom);
  }

  private static Effect effect(WithinRegression fit, String term, int i, double freedom) {
    TDistribution t = new TDistribution(freedom);
    double estimate = fit.coefficient(i);
    double error = fit.standardError(i);
    double reach = t.inverseCumulativeProbability(0.975) * error;
    return new Effect(
        "coefficient",
        term,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        estimate,
        error,
        estimate - reach,
        estimate + reach,
        estimate - reach,
        estimate + reach,
        2 * t.cumulativeProbability(-Math.abs(estimate / error)),
        fit.rowsWith(i),
        fit.rows() - fit.rowsWith(i),
        fit.clusters(),
        fit.clusters());
  }

  private static List<String> concatenated(List<String> first, List<String> second) {
    List<String> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }
}
