package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.sensitivity.EValue;
import needle.estimate.sensitivity.Interval;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The E-values of an effect and of its interval (VanderWeele & Ding 2017).
 *
 * <p>An outcome of 0 and 1 has a risk ratio: with the effect's, or its interval's, over without,
 * where the risk without is taken as known. Any other outcome has a standardised difference, by the
 * standard deviation within the two sides.
 */
public final class UnseenConfounding implements SensitivityAnalysis {
  private final List<String> covariates;
  private final Optional<String> fold;
  private final Settings settings;

  /**
   * @param covariates that the effect was adjusted for
   * @param fold column of the folds, where the estimator had one
   * @param settings which E-value of the interval a conclusion needs
   */
  public UnseenConfounding(List<String> covariates, Optional<String> fold, Settings settings) {
    this.covariates = List.copyOf(covariates);
    this.fold = fold;
    this.settings = settings;
  }

  @Override
  public List<Diagnostic> of(EffectEstimate estimate, Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, Sensitivity.E_VALUE.word(), false);
    try (CrossSection sample = CrossSection.of(panel, design, treatment, covariates, fold, 1)) {
      sample.requireSides(treatment);
      double mean = sample.means()[covariates.size() + 1];
      Sides sides = OrderedSums.of(sample.subjects(), new Sides(mean));
      return told(
          estimate.headline(),
          sides,
          new Withstanding(Sensitivity.E_VALUE, settings, Conclusion.of(estimate, design)));
    }
  }

  private static List<Diagnostic> told(Effect effect, Sides sides, Withstanding withstanding) {
    double without = sides.riskWithout(effect);
    Interval ratios =
        sides.isBinary
            ? new Interval(1 + effect.ciLow() / without, 1 + effect.ciHigh() / without)
            : new Interval(
                EValue.riskRatio(effect.ciLow() / sides.deviation()),
                EValue.riskRatio(effect.ciHigh() / sides.deviation()));
    double ratio =
        sides.isBinary
            ? 1 + effect.estimate() / without
            : EValue.riskRatio(effect.estimate() / sides.deviation());
    if (sides.isBinary && !(without > 0 && without < 1 && ratio > 0)) {
      throw new InvalidInput(
          "The effect has no risk ratio",
          String.format(
              Locale.ROOT,
              "an effect of %.3f leaves a risk of %.3f without the treatment",
              effect.estimate(),
              without),
          "leave e_value out of sensitivity");
    }
    if (!sides.isBinary && !(sides.deviation() > 0)) {
      throw new InvalidInput(
          "The outcome does not vary on either side of the treatment",
          "a difference in standard deviations needs one",
          "leave e_value out of sensitivity");
    }
    List<Diagnostic> found = new ArrayList<>();
    found.add(diagnostic("estimate", EValue.of(ratio), "explain the effect away"));
    found.add(diagnostic("interval", EValue.of(ratios), "make its interval hold zero"));
    found.addAll(withstanding.ofEffect(EValue.of(ratios)));
    return found;
  }

  private static Diagnostic diagnostic(String statistic, double value, String what) {
    return new Diagnostic(
        Sensitivity.E_VALUE.word(),
        statistic,
        value,
        Double.NaN,
        Status.PASS,
        value == 1
            ? "Nothing unseen is needed to " + what + "."
            : String.format(
                Locale.ROOT,
                "To %s, something unseen would have to make both treatment and outcome %.2f times as"
                    + " likely, beyond all covariates.",
                what,
                value));
  }

  /** Counts, sums and squares of the outcome on each side, about the mean of all. */
  private static final class Sides implements OrderedSums.Partial<Subject, Sides> {
    private static final long serialVersionUID = 1L;
    private final double mean;
    private final long[] units = new long[2];
    private final double[] sums = new double[2];
    private final double[] squares = new double[2];
    private boolean isBinary = true;

    Sides(double mean) {
      this.mean = mean;
    }

    @Override
    public Sides empty() {
      return new Sides(mean);
    }

    @Override
    public void add(Subject subject) {
      int side = (int) subject.treatment();
      double distance = subject.outcome() - mean;
      units[side]++;
      sums[side] += distance;
      squares[side] += distance * distance;
      isBinary &= subject.outcome() == 0 || subject.outcome() == 1;
    }

    @Override
    public Sides merge(Sides other) {
      for (int side = 0; side < 2; side++) {
        units[side] += other.units[side];
        sums[side] += other.sums[side];
        squares[side] += other.squares[side];
      }
      isBinary &= other.isBinary;
      return this;
    }

    private double deviation() {
      double within = 0;
      for (int side = 0; side < 2; side++) {
        within += squares[side] - sums[side] * sums[side] / units[side];
      }
      return Math.sqrt(within / (units[0] + units[1] - 2));
    }

    // The mean outcome without treatment, of those whom the effect is about.
    private double riskWithout(Effect effect) {
      double share = units[1] / (double) (units[0] + units[1]);
      return effect.estimand() == Estimand.ATT
          ? mean + sums[1] / units[1] - effect.estimate()
          : mean - share * effect.estimate();
    }
  }
}
