package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;

/** Mediated effects with their doubt. */
final class MediationResult {
  private final MediatedEffects effects;
  private final StackedEstimates stack;
  private final ClusterSums scores;
  private final CrossSection sample;
  private final StudyDesign design;

  MediationResult(
      MediatedEffects effects,
      StackedEstimates stack,
      ClusterSums scores,
      CrossSection sample,
      StudyDesign design) {
    this.effects = effects;
    this.stack = stack;
    this.scores = scores;
    this.sample = sample;
    this.design = design;
  }

  private double freedom() {
    return scores.clusters - 1.0;
  }

  private double variance(Uncertain amount) {
    double factor = scores.clusters / (scores.clusters - 1.0);
    return factor * scores.variance(stack.ofScores(amount.gradient()));
  }

  private Effect effect(Estimand estimand, String term, Uncertain amount) {
    return CrossSectionEffects.effect(
        estimand,
        "mediation",
        term,
        amount.value(),
        Math.sqrt(Math.max(variance(amount), 0)),
        freedom(),
        design.alpha(),
        sample,
        scores.clusters);
  }

  /** The indirect effect first; the share last, where the total is known to differ from zero. */
  List<Effect> effects() {
    List<Effect> found = new ArrayList<>();
    found.add(effect(Estimand.NATURAL_INDIRECT_EFFECT, "indirect", effects.indirect()));
    found.add(effect(Estimand.NATURAL_DIRECT_EFFECT, "direct", effects.direct()));
    found.add(effect(Estimand.ATE, "total", effects.total()));
    found.add(
        effect(
            Estimand.NATURAL_INDIRECT_EFFECT, "indirect_untreated", effects.indirectUntreated()));
    found.add(
        effect(Estimand.NATURAL_INDIRECT_EFFECT, "indirect_treated", effects.indirectTreated()));
    found.add(
        effect(Estimand.NATURAL_DIRECT_EFFECT, "direct_untreated", effects.directUntreated()));
    found.add(effect(Estimand.NATURAL_DIRECT_EFFECT, "direct_treated", effects.directTreated()));
    share(found.get(0)).ifPresent(found::add);
    return found;
  }

  /**
   * The share of the total that is indirect, with the interval of Fieller (1954), which has two
   * ends just where the total's interval does not hold zero; elsewhere there is no share.
   */
  private Optional<Effect> share(Effect indirect) {
    Uncertain share = effects.indirect().over(effects.total());
    double n = effects.indirect().value();
    double t = effects.total().value();
    double reach = Quantiles.quantile(freedom(), 1 - design.alpha() / 2);
    double ofIndirect = variance(effects.indirect());
    double ofTotal = variance(effects.total());
    double together =
        (variance(effects.indirect().plus(effects.total())) - ofIndirect - ofTotal) / 2;
    double a = t * t - reach * reach * ofTotal;
    if (!(a > 0)) {
      return Optional.empty();
    }
    double b = n * t - reach * reach * together;
    double c = n * n - reach * reach * ofIndirect;
    double root = Math.sqrt(Math.max(b * b - a * c, 0));
    double low = (b - root) / a;
    double high = (b + root) / a;
    return Optional.of(
        new Effect(
            Estimand.PROPORTION_MEDIATED,
            "mediation",
            "share",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            share.value(),
            Math.sqrt(variance(share)),
            low,
            high,
            low,
            high,
            indirect.pValue(),
            indirect.treated(),
            indirect.control(),
            indirect.clusters(),
            indirect.treatedClusters()));
  }

  List<Diagnostic> checks(Effect headline) {
    List<Diagnostic> found =
        new ArrayList<>(CrossSectionEffects.checks(headline, freedom(), design, sample));
    if (share(headline).isEmpty()) {
      found.add(
          new Diagnostic(
              "share_mediated",
              "refused",
              Double.NaN,
              Double.NaN,
              Status.WARNING,
              "The total effect's interval holds zero, so there may be nothing to have a share of."));
    }
    return found;
  }
}
