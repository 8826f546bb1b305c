package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;

/** An attribution's numbers with their doubt, and what guards them. */
final class AttributionResult {
  /** Beyond these shares of the reached, effects are taken over from others. */
  private static final double MUCH_TAKEN_OVER = 0.2;

  private static final double TOO_MUCH_TAKEN_OVER = 0.5;

  private static final double ROUNDING = 1e-20;

  private final StudyDesign design;
  private final AttributionModel model;
  private final List<String> programs;
  private final IdentifiedTerms identified;
  private final ProgramCounts counts;
  private final ProgramSums sums;
  private final WindowSums windows;
  private final ClusterSums scores;

  AttributionResult(
      StudyDesign design,
      AttributionModel model,
      List<String> programs,
      IdentifiedTerms identified,
      ProgramCounts counts,
      ProgramSums sums,
      WindowSums windows,
      ClusterSums scores) {
    this.design = design;
    this.model = model;
    this.programs = programs;
    this.identified = identified;
    this.counts = counts;
    this.sums = sums;
    this.windows = windows;
    this.scores = scores;
    if (scores.clusters < 2) {
      throw new InvalidInput(
          "There is one cluster only",
          "doubt is measured between clusters",
          "supply more, or name a finer cluster");
    }
  }

  double freedom() {
    return scores.clusters - 1.0;
  }

  List<Effect> effects(List<ContributionParts.Part> parts) {
    double factor = scores.clusters / (scores.clusters - 1.0);
    double quantile = Quantiles.quantile(freedom(), 1 - design.alpha() / 2);
    List<Effect> effects = new ArrayList<>();
    for (int m = 0; m < parts.size(); m++) {
      ContributionParts.Part part = parts.get(m);
      double variance = factor * scores.products[m * parts.size() + m];
      // Where everybody was there in both windows there is no mix, and only rounding moves it.
      double rounding = ROUNDING * factor * scores.products[0];
      double error = variance > rounding ? Math.sqrt(variance) : Double.NaN;
      double estimate = part.amount().value();
      double low = estimate - quantile * error;
      double high = estimate + quantile * error;
      boolean isOfProgram = part.group() >= 0;
      effects.add(
          new Effect(
              part.estimand(),
              part.aggregation(),
              part.term(),
              Optional.empty(),
              Optional.empty(),
              part.eventTime() < 0 ? Optional.empty() : Optional.of(part.eventTime()),
              estimate,
              error,
              low,
              high,
              low,
              high,
              2 * Quantiles.tail(freedom(), Math.abs(estimate / error)),
              isOfProgram ? most(counts.compared, part.group()) : windows.units[1],
              isOfProgram ? sums.untreatedUnits : windows.units[0],
              scores.clusters,
              isOfProgram ? most(sums.clusters, part.group()) : scores.clusters));
    }
    return effects;
  }

  private long most(long[] ofPrograms, int group) {
    long most = 0;
    for (int p = 0; p < ofPrograms.length; p++) {
      if ((model.groups()[group] >> p & 1) == 1) {
        most = Math.max(most, ofPrograms[p]);
      }
    }
    return most;
  }

  List<Diagnostic> diagnostics() {
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        new Diagnostic(
            "not_a_design",
            "attribution",
            Double.NaN,
            Double.NaN,
            Status.WARNING,
            "The parts are right only if everybody would have moved alike without the programs,"
                + " and if effects are alike in all whom a program reached at the same time since."));
    for (int p = 0; p < programs.size(); p++) {
      found.add(
          DesignChecks.counted(
              "units",
              "reached_by_" + programs.get(p),
              counts.compared[p],
              20,
              50,
              "%d units were seen before and after " + programs.get(p) + " reached them."));
      if (!design.isClusteredByUnit()) {
        found.add(clusters("reached_by_" + programs.get(p), sums.clusters[p]));
      }
    }
    if (!design.isClusteredByUnit()) {
      found.add(clusters("untreated", sums.untreatedClusters));
    }
    joint(found);
    additive(found);
    found.add(takenOver());
    return found;
  }

  private static Diagnostic clusters(String side, long count) {
    return DesignChecks.counted(
        "clusters",
        side,
        count,
        EffectEstimate.FEWEST_CLUSTERS,
        2 * EffectEstimate.FEWEST_CLUSTERS,
        "%d clusters were " + side.replace('_', ' ') + ".");
  }

  private void joint(List<Diagnostic> found) {
    for (long group : identified.groups()) {
      if (Long.bitCount(group) > 1) {
        found.add(
            new Diagnostic(
                "identification",
                ProgramTerms.name(group, programs),
                Long.bitCount(group),
                Double.NaN,
                Status.WARNING,
                "These programs came to the same people at times that cannot be told apart, so"
                    + " they have one contribution together."));
      }
    }
  }

  // Rows of sets of programs whose joint effect is taken for the sum of the single ones.
  private void additive(List<Diagnostic> found) {
    List<String> assumed = new ArrayList<>();
    long rows = 0;
    for (Map.Entry<Long, Long> set : windows.sets.entrySet()) {
      if (Long.bitCount(set.getKey()) > 1 && !hasInteraction(set.getKey())) {
        assumed.add(ProgramTerms.name(set.getKey(), programs));
        rows += set.getValue();
      }
    }
    if (!assumed.isEmpty()) {
      double share = rows / (double) (windows.treatedRows[0] + windows.treatedRows[1]);
      found.add(
          new Diagnostic(
              "interactions",
              "share_assumed_additive",
              share,
              Double.NaN,
              Status.WARNING,
              "Assumed, as the data cannot tell or fewer than "
                  + ProgramTerms.FEWEST
                  + " units show it: no program changes what the others do in "
                  + String.join("; ", assumed)
                  + "."));
    }
  }

  private boolean hasInteraction(long set) {
    for (int i : identified.kept()) {
      if (i >= model.terms().own() && model.terms().sets()[i - model.terms().own()] == set) {
        return true;
      }
    }
    return false;
  }

  private Diagnostic takenOver() {
    long rows = windows.treatedRows[0] + windows.treatedRows[1];
    double share =
        rows == 0 ? 0 : (windows.extrapolated[0] + windows.extrapolated[1]) / (double) rows;
    return new Diagnostic(
        "overlap",
        "share_never_seen_untreated",
        share,
        Double.NaN,
        share > TOO_MUCH_TAKEN_OVER
            ? Status.FAIL
            : share > MUCH_TAKEN_OVER ? Status.WARNING : Status.PASS,
        String.format(
            Locale.ROOT,
            "%.0f%% of the rows with a program are of people who were never seen without; the"
                + " effect on them is taken over from others.",
            100 * share));
  }
}
