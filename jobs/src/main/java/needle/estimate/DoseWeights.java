package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;

/** On how many people the curve rests at each dose, and whether the weights do what they should. */
final class DoseWeights implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final double SOME_OF_ONE = 0.1;
  private static final double MUCH_OF_ONE = 0.25;
  private static final double MOST_CAPPED = 0.05;
  private static final double SOME_MISFIT = 0.1;
  private static final double MUCH_MISFIT = 0.25;
  private static final double MOST_CORRELATION = 0.1;

  /** Per dose of the grid, over the weights' sizes: sum, of squares, of fourth powers, largest. */
  private final double[] sizes;

  private final double[] squares;
  private final double[] fourths;
  private final double[] largest;
  private long trained;
  private long capped;
  private double weight;

  /** Weighted sums of the dose's power and its square; of covariates, squares, and products. */
  private double powered;

  private double poweredSquare;
  private final double[] x;
  private final double[] xSquare;
  private final double[] xPowered;

  DoseWeights(int doses, int covariates) {
    this.sizes = new double[doses];
    this.squares = new double[doses];
    this.fourths = new double[doses];
    this.largest = new double[doses];
    this.x = new double[covariates];
    this.xSquare = new double[covariates];
    this.xPowered = new double[covariates];
  }

  /**
   * @param power of the dose, the one that is about normal
   */
  void add(DoseScore score, double power, double[][] forms) {
    trained++;
    capped += score.isCapped ? 1 : 0;
    weight += score.weight;
    powered += score.weight * power;
    poweredSquare += score.weight * power * power;
    for (int i = 0; i < x.length; i++) {
      double weighted = score.weight * score.z[i + 1];
      x[i] += weighted;
      xSquare[i] += weighted * score.z[i + 1];
      xPowered[i] += weighted * power;
    }
    for (int g = 0; g < forms.length; g++) {
      double size = Math.abs(DotProduct.of(forms[g], score.spline) * score.weight);
      double square = size * size;
      sizes[g] += size;
      squares[g] += square;
      fourths[g] += square * square;
      largest[g] = Math.max(largest[g], size);
    }
  }

  void merge(DoseWeights other) {
    trained += other.trained;
    capped += other.capped;
    weight += other.weight;
    powered += other.powered;
    poweredSquare += other.poweredSquare;
    CellSums.add(x, other.x);
    CellSums.add(xSquare, other.xSquare);
    CellSums.add(xPowered, other.xPowered);
    CellSums.add(sizes, other.sizes);
    CellSums.add(squares, other.squares);
    CellSums.add(fourths, other.fourths);
    for (int g = 0; g < largest.length; g++) {
      largest[g] = Math.max(largest[g], other.largest[g]);
    }
  }

  /** At the dose of the grid where it is worst: on how many people the curve rests. */
  List<Diagnostic> overlap() {
    double share = over(g -> largest[g] / sizes[g]).max().orElse(0);
    return List.of(
        DesignChecks.counted(
            "overlap",
            "effective_units_at_a_dose",
            (long) over(g -> sizes[g] * sizes[g] / squares[g]).min().orElse(0),
            DesignChecks.FEWEST_CONTROLS,
            2 * DesignChecks.FEWEST_CONTROLS,
            "At one of the doses the curve rests on the equivalent of %d trained units."),
        OverlapChecks.behindError(
            "units_behind_the_error_at_a_dose",
            over(g -> squares[g] * squares[g] / fourths[g]).min().orElse(0)),
        new Diagnostic(
            "overlap",
            "largest_share_of_one_unit",
            share,
            Double.NaN,
            DesignChecks.above(share, SOME_OF_ONE, MUCH_OF_ONE),
            String.format(
                Locale.ROOT,
                "At one of the doses, one unit has %.1f%% of all weight.",
                100 * share)));
  }

  private DoubleStream over(IntToDoubleFunction ofDose) {
    return IntStream.range(0, sizes.length).mapToDouble(ofDose);
  }

  /** Whether the doses are as likely as the covariates let expect. */
  List<Diagnostic> fit(List<String> covariates) {
    double mean = weight / trained;
    double share = capped / (double) trained;
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        new Diagnostic(
            "dose_density",
            "mean_weight",
            mean,
            Double.NaN,
            DesignChecks.above(Math.abs(mean - 1), SOME_MISFIT, MUCH_MISFIT),
            String.format(
                Locale.ROOT,
                "The weights of the trained average %.3f; if their doses are predicted well, 1.",
                mean)));
    found.add(
        new Diagnostic(
            "overlap",
            "share_capped",
            share,
            Double.NaN,
            share > MOST_CAPPED ? Status.WARNING : Status.PASS,
            String.format(
                Locale.ROOT,
                "%.1f%% of the trained got a dose that is more than %.0f times as rare among people"
                    + " alike as among all, and count as if it were that.",
                100 * share,
                DoseDensity.MOST_WEIGHT)));
    found.add(correlation(covariates));
    return found;
  }

  // Zhu, Coffman & Ghosh 2015: weighted, covariates tell nothing of the dose.
  private Diagnostic correlation(List<String> covariates) {
    double worst = 0;
    String which = covariates.get(0);
    double spread = poweredSquare / weight - powered / weight * powered / weight;
    for (int i = 0; i < x.length; i++) {
      double together = xPowered[i] / weight - x[i] / weight * powered / weight;
      double own = xSquare[i] / weight - x[i] / weight * x[i] / weight;
      double correlation = Math.abs(together) / Math.sqrt(own * spread);
      if (correlation > worst) {
        worst = correlation;
        which = covariates.get(i);
      }
    }
    return new Diagnostic(
        "balance",
        "largest_correlation_with_dose",
        worst,
        Double.NaN,
        worst > MOST_CORRELATION ? Status.WARNING : Status.PASS,
        String.format(
            Locale.ROOT,
            "After weighting, %s goes with the dose most: their correlation is %.2f.",
            which,
            worst));
  }
}
