package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.sensitivity.Interval;
import needle.estimate.sensitivity.LeeBounds;
import needle.estimate.sensitivity.LeeBounds.Kept;
import needle.estimate.sensitivity.LeeBounds.Side;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Lee's bounds (2009) on the effect of a treatment drawn by lot, where the outcome is seen of some
 * only, such as those who stayed, and the treatment may decide who they are.
 */
public final class SelectionBounds implements SensitivityAnalysis {
  private final String selection;
  private final Settings settings;

  /**
   * @param selection the column that is 1 where the outcome is seen, else 0
   * @param settings whether a conclusion needs an interval that excludes zero
   */
  public SelectionBounds(String selection, Settings settings) {
    this.selection = selection;
    this.settings = settings;
  }

  @Override
  public List<Diagnostic> of(EffectEstimate estimate, Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, Sensitivity.LEE_BOUNDS.word(), false);
    PanelColumns.check(panel.schema(), design, List.of(selection), Optional.empty());
    if (!design.isClusteredByUnit()) {
      throw new InvalidInput(
          "Lee's bounds have errors for independent units only",
          "the study clusters by " + design.cluster().orElseThrow(),
          "leave lee_bounds out of sensitivity");
    }
    Column outcome = col(design.outcome()).cast("double");
    Column isSeen = col(selection).cast("double").equalTo(1);
    Dataset<Row> rows =
        panel.withColumn(design.outcome(), when(isSeen, outcome).otherwise(lit(0.0)));
    try (CrossSection sample =
        CrossSection.of(rows, design, treatment, List.of(selection), Optional.empty(), 1)) {
      sample.requireSides(treatment);
      Seen seen = OrderedSums.of(sample.subjects(), new Seen());
      seen.require(selection);
      int side = seen.side(1).share() >= seen.side(0).share() ? 1 : 0;
      double left = seen.side(1 - side).share() / seen.side(side).share();
      Row edges =
          rows.where(isSeen.and(col(treatment).cast("double").equalTo(side)))
              .where(col(design.unit()).isNotNull())
              .where(PanelColumns.isFinite(outcome))
              .select(outcome.as("y"))
              .agg(percentile(left), percentile(1 - left))
              .first();
      Tails tails =
          OrderedSums.of(
              sample.subjects(),
              new Tails(side, edges.getDouble(0), edges.getDouble(1), seen.mean(1 - side)));
      return told(severity(estimate, design), seen, tails, side, left, design.alpha());
    }
  }

  // The smallest outcome below or at which that share lies: one of the outcomes, so it is exact.
  private static Column percentile(double share) {
    return expr("percentile_disc(" + share + ") within group (order by y)");
  }

  // What it means that the bounds' interval holds zero.
  private Status severity(EffectEstimate estimate, StudyDesign design) {
    if (!Conclusion.excludesZero(estimate.headline())) {
      return Status.PASS;
    }
    return settings.excludesZero() && Conclusion.of(estimate, design) == Conclusion.MOVED
        ? Status.FAIL
        : Status.WARNING;
  }

  private static List<Diagnostic> told(
      Status severity, Seen seen, Tails tails, int side, double left, double alpha) {
    double kept = left * seen.side(side).seen();
    LeeBounds bounds =
        LeeBounds.of(
            seen.side(side),
            seen.side(1 - side),
            tails.kept(0, kept),
            tails.kept(1, kept),
            tails.kept(2, seen.side(1 - side).seen()),
            side == 1);
    Interval interval = bounds.interval(alpha);
    Status status = interval.holds(0) ? severity : Status.PASS;
    String of = " of the effect on those who would be seen whether treated or not.";
    return List.of(
        diagnostic(
            "share_trimmed",
            1 - left,
            Status.PASS,
            String.format(
                Locale.ROOT,
                "The outcome was seen of %.1f%% of the treated and of %.1f%% of the others.",
                100 * seen.side(1).share(),
                100 * seen.side(0).share())),
        diagnostic("lower", bounds.lower(), Status.PASS, "Lower bound" + of),
        diagnostic("upper", bounds.upper(), Status.PASS, "Upper bound" + of),
        diagnostic("lower_std_error", bounds.lowerError(), Status.PASS, "Of the lower bound."),
        diagnostic("upper_std_error", bounds.upperError(), Status.PASS, "Of the upper bound."),
        diagnostic("interval_low", interval.low(), status, "Low end of the interval" + of),
        diagnostic("interval_high", interval.high(), status, "High end of the interval" + of));
  }

  private static Diagnostic diagnostic(
      String statistic, double value, Status status, String message) {
    return new Diagnostic(
        Sensitivity.LEE_BOUNDS.word(), statistic, value, Double.NaN, status, message);
  }

  /** Who is seen on each side. */
  private static final class Seen implements OrderedSums.Partial<Subject, Seen> {
    private static final long serialVersionUID = 1L;
    private final long[] units = new long[2];
    private final long[] seen = new long[2];
    private final double[] sums = new double[2];
    private long otherwise;

    @Override
    public Seen empty() {
      return new Seen();
    }

    @Override
    public void add(Subject subject) {
      int side = (int) subject.treatment();
      double selected = subject.covariates()[0];
      otherwise += selected == 0 || selected == 1 ? 0 : 1;
      units[side]++;
      if (selected == 1) {
        seen[side]++;
        sums[side] += subject.outcome();
      }
    }

    @Override
    public Seen merge(Seen other) {
      for (int side = 0; side < 2; side++) {
        units[side] += other.units[side];
        seen[side] += other.seen[side];
        sums[side] += other.sums[side];
      }
      otherwise += other.otherwise;
      return this;
    }

    private Side side(int side) {
      return new Side(units[side], seen[side]);
    }

    private double mean(int side) {
      return sums[side] / seen[side];
    }

    private void require(String selection) {
      if (otherwise > 0) {
        throw new InvalidInput(
            "The selection " + selection + " is not 0 or 1",
            otherwise + " rows have another value",
            "give 1 where the outcome is seen, and 0 where it is not");
      }
      if (Math.min(seen[0], seen[1]) < 2) {
        throw new InvalidInput(
            "The outcome is seen of nobody on one side of the treatment",
            "it is seen of " + seen[1] + " treated and " + seen[0] + " others",
            "leave lee_bounds out of sensitivity");
      }
    }
  }

  /** Distances from the edges, and on the other side from its mean: what lies on an edge adds 0. */
  private static final class Tails implements OrderedSums.Partial<Subject, Tails> {
    private static final long serialVersionUID = 1L;
    private final int side;
    private final double[] edges;
    private final double[] sums = new double[3];
    private final double[] squares = new double[3];

    Tails(int side, double... edges) {
      this.side = side;
      this.edges = edges;
    }

    @Override
    public Tails empty() {
      return new Tails(side, edges);
    }

    @Override
    public void add(Subject subject) {
      if (subject.covariates()[0] != 1) {
        return;
      }
      if (subject.treatment() != side) {
        add(2, subject.outcome() - edges[2]);
        return;
      }
      add(0, Math.min(0, subject.outcome() - edges[0]));
      add(1, Math.max(0, subject.outcome() - edges[1]));
    }

    private void add(int tail, double distance) {
      sums[tail] += distance;
      squares[tail] += distance * distance;
    }

    @Override
    public Tails merge(Tails other) {
      CellSums.add(sums, other.sums);
      CellSums.add(squares, other.squares);
      return this;
    }

    // Of so many; a count that is not whole keeps a part of the last one.
    private Kept kept(int tail, double count) {
      double mean = sums[tail] / count;
      return new Kept(edges[tail] + mean, squares[tail] / count - mean * mean, edges[tail]);
    }
  }
}
