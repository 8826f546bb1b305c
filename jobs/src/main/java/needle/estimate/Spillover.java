package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.StudyDesign.ControlGroup;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/**
 * Whether treatment moved the untreated peers of the treated, who would be wrong controls (Butts
 * 2021): the effect of the first treatment among the peers on those still untreated, compared with
 * units without any treated peer, and the headline without controls that have one.
 */
final class Spillover {
  static final String CHECK = "spillover";

  /**
   * With a smaller share of such controls, a spillover even as large as the effect would move the
   * headline by less than this share of it.
   */
  private static final double NEGLIGIBLE = 0.05;

  private final JavaRDD<PeerGroup> groups;
  private final JavaRDD<UnitHistory> units;
  private final StudyDesign design;
  private final Comparisons comparisons;
  private final EffectEstimate estimate;

  /**
   * @param units of the study, as read
   * @param comparisons that the estimate was made of
   */
  Spillover(
      JavaRDD<UnitHistory> units,
      StudyDesign design,
      Comparisons comparisons,
      EffectEstimate estimate) {
    this.units = units;
    this.groups = PeerGroup.of(units);
    this.design = design;
    this.comparisons = comparisons;
    this.estimate = estimate;
  }

  List<Diagnostic> check() {
    requireWholeGroups();
    double share = OrderedSums.of(groups, new ExposedControls(comparisons)).share();
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        new Diagnostic(
            CHECK,
            "exposed_controls",
            share,
            Double.NaN,
            Status.PASS,
            share == 0
                ? "No control has a treated peer, so what treatment does to peers cannot bias the"
                    + " comparison."
                : String.format(
                    Locale.ROOT,
                    "%.1f%% of the controls have a treated peer when they are compared.",
                    100 * share)));
    if (share > 0) {
      found.add(effect(share));
      found.add(cleanControls());
    }
    return found;
  }

  // Errors would otherwise be those of peers as if they did not move together.
  private void requireWholeGroups() {
    if (design.peers().equals(design.cluster())) {
      return;
    }
    units
        .mapToPair(unit -> new scala.Tuple2<>(unit.peers(), new String[] {unit.cluster()}))
        .reduceByKey(
            (one, other) -> one.length == 1 && one[0].equals(other[0]) ? other : both(one, other))
        .filter(group -> group._2().length > 1)
        .take(1)
        .forEach(
            group -> {
              throw new InvalidInput(
                  "The peers " + group._1() + " are in several clusters",
                  "what one unit's treatment does to its peers moves them together, and "
                      + design.cluster().orElseThrow()
                      + " does not hold them together",
                  "leave the cluster out, which makes peers a cluster, or name a coarser one");
            });
  }

  private static String[] both(String[] one, String[] other) {
    return new String[] {one[0], other[0]};
  }

  private Diagnostic effect(double share) {
    Comparisons study = comparisons;
    Optional<EffectEstimate> tested =
        estimated(groups.flatMap(group -> group.exposed(study).iterator()), design.withoutPeers())
            .filter(e -> !Double.isNaN(e.headline().pValue()))
            .filter(e -> e.headline().treatedClusters() >= EffectEstimate.FEWEST_CLUSTERS)
            .filter(
                e ->
                    e.diagnosticValue("clusters", "control").orElse(0)
                        >= EffectEstimate.FEWEST_CLUSTERS);
    if (tested.isEmpty()) {
      return new Diagnostic(
          CHECK,
          "effect",
          Double.NaN,
          Double.NaN,
          share < NEGLIGIBLE ? Status.PASS : Status.WARNING,
          "Whether treatment moves untreated peers cannot be tested: too few untreated units, or"
              + " clusters of them, with a treated peer, or without, were seen before and after.");
    }
    Effect effect = tested.get().headline();
    Status status = PreTrend.status(effect.pValue());
    return new Diagnostic(
        CHECK,
        "effect",
        effect.estimate(),
        effect.pValue(),
        status,
        status == Status.PASS
            ? String.format(
                Locale.ROOT,
                "No effect on untreated peers of the treated was seen: %s; one of %.4g would have"
                    + " been noticed with a probability of 80%%.",
                interval(effect),
                tested.get().diagnosticValue("power", "minimum_detectable_effect").orElseThrow())
            : "Untreated peers of the treated moved, too: "
                + interval(effect)
                + ". They are no controls.");
  }

  private Diagnostic cleanControls() {
    Comparisons study = comparisons;
    Optional<EffectEstimate> clean =
        estimated(
            groups.flatMap(group -> group.withCleanControls(study).iterator()),
            design.comparedWith(ControlGroup.NEVER_TREATED));
    return new Diagnostic(
        CHECK,
        "clean_controls",
        clean.map(e -> e.headline().estimate()).orElse(Double.NaN),
        Double.NaN,
        Status.PASS,
        clean
            .map(
                e ->
                    String.format(
                        Locale.ROOT,
                        "With controls that have no treated peer the effect is %s, from %d of the"
                            + " %d comparisons after treatment; with all controls it is %.4g.",
                        interval(e.headline()),
                        compared(e),
                        compared(estimate),
                        estimate.headline().estimate()))
            .orElse("All controls have a treated peer, so none is left without them."));
  }

  private static long compared(EffectEstimate estimate) {
    return estimate.effects().stream()
        .filter(e -> e.aggregation().equals(Aggregations.Form.GROUP_TIME))
        .filter(e -> e.eventTime().orElseThrow() >= 0)
        .count();
  }

  private static String interval(Effect effect) {
    return String.format(
        Locale.ROOT, "%.4g (%.4g to %.4g)", effect.estimate(), effect.ciLow(), effect.ciHigh());
  }

  private static Optional<EffectEstimate> estimated(
      JavaRDD<UnitHistory> units, StudyDesign design) {
    try {
      return Optional.of(StaggeredDid.ofCheck().estimate(units, design));
    } catch (InvalidInput nothingToCompare) {
      return Optional.empty();
    }
  }
}
