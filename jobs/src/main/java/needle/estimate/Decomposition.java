package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How much of the difference between two groups' mean outcomes, or of the change between two
 * periods, goes with differences in covariates, and how much with what they come with (Blinder
 * 1973; Oaxaca 1973; Jann 2008); of rates and shares of cells, with shares and with rates (Kitagawa
 * 1955). It describes, and shows no effect.
 */
public final class Decomposition implements EffectEstimator {
  /** Whose coefficients weigh the differences in covariates. */
  public enum Coefficients {
    /** Of both groups together, with an indicator of the group (Jann 2008, section 2.2). */
    POOLED,
    FROM,
    TO,
    /** The mean of both groups' (Reimers 1983). */
    AVERAGE
  }

  static final String SIDE = "needle_side";

  private final GroupPair groups;
  private final List<String> covariates;
  private final List<String> categorical;
  private final Coefficients coefficients;
  private final boolean isOfCells;

  private Decomposition(
      GroupPair groups,
      List<String> covariates,
      List<String> categorical,
      Coefficients coefficients,
      boolean isOfCells) {
    this.groups = groups;
    this.covariates = List.copyOf(covariates);
    this.categorical = List.copyOf(categorical);
    this.coefficients = coefficients;
    this.isOfCells = isOfCells;
  }

  /**
   * By regressions on covariates.
   *
   * @param covariates numbers
   * @param categorical names, whose levels' coefficients are told as distances from their mean, so
   *     that no level is the base (Gardeazabal & Ugidos 2004; Yun 2005)
   */
  public static Decomposition ofCovariates(
      GroupPair groups,
      List<String> covariates,
      List<String> categorical,
      Coefficients coefficients) {
    return new Decomposition(groups, covariates, categorical, coefficients, false);
  }

  /** By the shares and mean outcomes of cells, which are the combinations of these columns. */
  public static Decomposition ofCells(GroupPair groups, List<String> cells) {
    return new Decomposition(groups, List.of(), cells, Coefficients.AVERAGE, true);
  }

  @Override
  public String name() {
    return "decomposition";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    List<String> told = new ArrayList<>(categorical);
    told.add(groups.column());
    PanelColumns.check(panel.schema(), design, covariates, told);
    if (design.period().filter(groups.column()::equals).isPresent()) {
      groups.requireAll(periods(panel, design));
    }
    Column side = when(groups.isFrom(panel.schema()), 0).when(groups.isTo(panel.schema()), 1);
    Dataset<Row> both = panel.withColumn(SIDE, side).where(SIDE + " is not null");
    LevelColumns levels =
        isOfCells
            ? LevelColumns.ofCells(both, categorical)
            : LevelColumns.of(both, covariates, categorical);
    try (CrossSection sample =
        CrossSection.of(levels.rows(), design, SIDE, levels.fitted(), Optional.empty(), 1)) {
      groups.requireBoth(sample);
      return estimate(sample, levels, design);
    }
  }

  private static TreeSet<Integer> periods(Dataset<Row> panel, StudyDesign design) {
    Column period = col(design.period().orElseThrow());
    return panel
        .where(PanelColumns.isFinite(PanelColumns.number(design.outcome())))
        .where(period.isNotNull())
        .select(period.cast("double"))
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> (int) row.getDouble(0))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private EffectEstimate estimate(CrossSection sample, LevelColumns levels, StudyDesign design) {
    int width = levels.fitted().size() + 1;
    double[] means = sample.means();
    SubjectSums sums = OrderedSums.of(sample.subjects(), new SubjectSums(1, means, true));
    levels.requireOnBothSides(sums, means, groups);
    LinearFit[] fits = new LinearFit[2];
    for (int side = 0; side < 2; side++) {
      fits[side] =
          LinearFit.of(
              sums.leading(width, side),
              sums.withOutcome(width, side),
              "in the group " + groups.name(side),
              levels.names());
    }
    // The same columns and the group.
    LinearFit pooled =
        LinearFit.of(
            sums.leading(width + 1), sums.withOutcome(width + 1), "in both groups", levels.names());
    StackedEstimates stack = new StackedEstimates();
    stack.add(fits[0]);
    stack.add(fits[1]);
    stack.add(pooled);
    double[][] sideMeans = new double[2][];
    for (int side = 0; side < 2; side++) {
      double[] ofSide = sums.leading(width, side);
      double rows = ofSide[0];
      sideMeans[side] = new double[width];
      for (int i = 0; i < width; i++) {
        sideMeans[side][i] = ofSide[i] / rows;
      }
      stack.add(sideMeans[side], rows);
    }
    DecomposedMeans parts = new DecomposedMeans(levels, means, stack.all(), coefficients);
    ClusterSums scores =
        OrderedSums.of(sample.subjects(), new DecompositionScores(means, fits, pooled, sideMeans))
            .sums;
    double factor = scores.clusters / (scores.clusters - 1.0);
    double freedom = groups.positive(scores.clusters - 1.0);
    List<Effect> effects = new ArrayList<>();
    for (DecomposedMeans.Part part : isOfCells ? parts.ofCells() : parts.ofCovariates()) {
      double variance = factor * scores.variance(stack.ofScores(part.amount().gradient()));
      effects.add(
          CrossSectionEffects.effect(
              part.estimand(),
              part.aggregation(),
              part.term(),
              part.amount().value(),
              Math.sqrt(Math.max(variance, 0)),
              freedom,
              design.alpha(),
              sample,
              scores.clusters));
    }
    return new EffectEstimate(
        name(), effects.get(0), effects, checks(design, scores), sample.attrition(), freedom);
  }

  private static List<Diagnostic> checks(StudyDesign design, ClusterSums scores) {
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        new Diagnostic(
            "not_a_design",
            "decomposition",
            Double.NaN,
            Double.NaN,
            Status.WARNING,
            "A decomposition tells what a difference goes with; it shows no effect of anything."));
    if (!design.isClusteredByUnit()) {
      found.add(DesignChecks.clusters("whole", scores.clusters));
    }
    return found;
  }
}
