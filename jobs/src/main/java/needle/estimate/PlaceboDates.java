package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import org.apache.spark.api.java.JavaRDD;

/**
 * The effect of a treatment that had not happened yet: the study as if everybody had been treated
 * some periods earlier, on periods before the real treatment and its anticipation window only
 * (placebo in time; Heckman & Hotz 1989). An effect where there can be none speaks against the
 * design.
 */
final class PlaceboDates {
  /** By how many periods the treatment is moved, at most. */
  private static final int FARTHEST = 3;

  private final StaggeredDid estimator;
  private final JavaRDD<UnitHistory> units;
  private final StudyDesign design;

  /** The last period of the panel: who is treated after it is a control throughout. */
  private final int last;

  PlaceboDates(StaggeredDid estimator, JavaRDD<UnitHistory> units, StudyDesign design, int last) {
    this.estimator = estimator;
    this.units = units;
    this.design = design.withoutPeers();
    this.last = last;
  }

  List<Diagnostic> check() {
    List<Effect> effects = new ArrayList<>();
    while (effects.size() < FARTHEST) {
      Optional<Effect> effect = earlierBy(effects.size() + 1);
      if (effect.isEmpty()) {
        break;
      }
      effects.add(effect.get());
    }
    if (effects.isEmpty()) {
      return List.of(
          new Diagnostic(
              Sensitivity.PLACEBO_DATES.word(),
              "earlier_by_1",
              Double.NaN,
              Double.NaN,
              Status.WARNING,
              "No earlier date of treatment can be tried: there are too few periods before the real"
                  + " one, or too few clusters or controls in them."));
    }
    List<Diagnostic> found = new ArrayList<>();
    for (Effect effect : effects) {
      found.add(diagnostic(effect, found.size() + 1, effects.size()));
    }
    return found;
  }

  // Empty where that date leaves nothing to compare, or too few clusters to believe its error.
  private Optional<Effect> earlierBy(int shift) {
    int anticipation = design.anticipation();
    int end = last;
    JavaRDD<UnitHistory> earlier = units.map(unit -> before(unit, anticipation, shift, end));
    try {
      return Optional.of(estimator.estimate(earlier, design).headline())
          .filter(e -> e.treatedClusters() >= EffectEstimate.FEWEST_CLUSTERS)
          .filter(e -> !Double.isNaN(e.pValue()));
    } catch (InvalidInput nothingToCompare) {
      return Optional.empty();
    }
  }

  private static UnitHistory before(UnitHistory unit, int anticipation, int shift, int last) {
    if (unit.cohort() > last) {
      return unit;
    }
    // The plan's anticipation window lies before the pretended date, as before the real one.
    int start = unit.cohort() - anticipation;
    return unit.before(start, start - shift);
  }

  // Each of several dates would find something by chance; p-values times their number (Bonferroni).
  private static Diagnostic diagnostic(Effect effect, int shift, int dates) {
    double corrected = Math.min(1, dates * effect.pValue());
    Status status = PreTrend.status(corrected);
    return new Diagnostic(
        Sensitivity.PLACEBO_DATES.word(),
        "earlier_by_" + shift,
        effect.estimate(),
        corrected,
        status,
        String.format(
            Locale.ROOT,
            status == Status.PASS
                ? "Dated %d period(s) early, the treatment shows no effect before it happened."
                : "Dated %d period(s) early, the treatment shows an effect before it happened.",
            shift));
  }
}
