package needle.estimate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.HeadlineInterval;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/**
 * Randomization inference for few treated clusters: adoption dates are dealt out to the clusters
 * again, as many of each as there were, and the headline is estimated anew (Fisher 1935; MacKinnon
 * & Webb 2020).
 */
final class PermutationInference {
  /** With more clusters their errors hold by themselves. */
  static final int MOST_CLUSTERS = 500;

  /** Effective clusters on either side; docs/method.md has the simulations behind them. */
  static final int FEWEST_CLUSTERS = 3;

  private static final int ENOUGH_CLUSTERS = 10;

  /** One less the levels at which intervals are told beside the study's own. */
  private static final double[] ALPHAS = {0.1, 0.2, 0.5};

  private static final Set<String> REPLACED =
      Set.of(PreTrend.CHECK, "pre_trend_power", "anticipation", "clusters", "power");

  private final Comparisons comparisons;
  private final StudyDesign design;
  private final CohortLabels labels;
  private final ClusterChanges sums;
  private final int[] observed;
  private final Assignments assignments;

  private PermutationInference(
      Comparisons comparisons, CohortLabels labels, ClusterChanges sums, StudyDesign design) {
    this.comparisons = comparisons;
    this.design = design;
    this.labels = labels;
    this.sums = sums;
    this.observed = sums.clusters.stream().mapToInt(ClusterChanges.Cluster::label).toArray();
    this.assignments = Assignments.of(observed, design.seed());
  }

  /** Refuses what the assignments cannot judge. */
  static void requireFit(StudyDesign design) {
    if (design.nuisance() != StudyDesign.Nuisance.NONE) {
      throw new InvalidInput(
          "Permutation inference adjusts for no covariates",
          "the study gives it " + design.covariates(),
          "leave the nuisance out, or choose inference: cluster");
    }
    if (!design.sampling().isFollowed()) {
      throw new InvalidInput(
          "Permutation inference follows its units through time",
          "the study says that they are drawn anew in every period",
          "choose inference: cluster, or supply a panel of the same units");
    }
  }

  /**
   * @param cohorts of the panel
   * @param compared how many clusters are
   */
  static PermutationInference of(
      JavaRDD<UnitHistory> units,
      Comparisons comparisons,
      Set<Integer> cohorts,
      long compared,
      StudyDesign design) {
    if (compared > MOST_CLUSTERS) {
      throw new InvalidInput(
          "Permutation inference is for few clusters",
          "there are " + compared + ", and it takes " + MOST_CLUSTERS,
          design.isClusteredByUnit()
              ? "name the column of the cluster that is treated as a whole, or choose inference:"
                  + " cluster"
              : "choose inference: cluster, which holds by itself with that many");
    }
    CohortLabels labels = new CohortLabels(comparisons, cohorts);
    ClusterChanges sums = OrderedSums.of(units, new ClusterChanges(comparisons, labels));
    if (sums.mixed > 0) {
      throw new InvalidInput(
          "Adoption dates cannot be dealt out to clusters that have several",
          sums.mixed
              + " clusters have units with different first treated periods, such as "
              + sums.mixedExample,
          "name a cluster that is treated as a whole, or choose inference: cluster");
    }
    for (int k = 0; k < comparisons.cells().length; k++) {
      int cell = k;
      long unseen = sums.clusters.stream().filter(c -> !(c.weights()[cell] > 0)).count();
      if (unseen > 0) {
        Comparisons.Cell ends = comparisons.cells()[k];
        throw new InvalidInput(
            "A cluster cannot be given every adoption date",
            unseen
                + " clusters have no unit that was observed in both period "
                + comparisons.periods()[ends.base()]
                + " and period "
                + comparisons.periods()[ends.period()],
            "leave out these clusters, or periods in which not all are observed, or choose"
                + " inference: cluster");
      }
    }
    return new PermutationInference(comparisons, labels, sums, design);
  }

  private PermutationTest test(IntPredicate which) {
    return new PermutationTest(aggregate(which), observed, assignments);
  }

  private ClusterAggregate aggregate(IntPredicate which) {
    return new ClusterAggregate(comparisons, labels, sums.clusters, which);
  }

  private int eventTime(int cell) {
    return comparisons.eventTime(comparisons.cells()[cell]);
  }

  /** The estimate with its doubt told by the assignments, and not by the errors. */
  EffectEstimate told(EffectEstimate analytic) {
    PermutationTest test = test(k -> eventTime(k) >= 0);
    if (Double.isNaN(test.standardError())) {
      throw new InvalidInput(
          "The doubt of the effect cannot be told",
          "the clusters of a cohort do not differ, so that nothing can be set beside the effect",
          "supply more clusters on both sides");
    }
    double effect = test.observed().estimate();
    PermutedLeads leads = leads(effect);
    List<Effect> effects =
        analytic.effects().stream()
            .map(e -> e.equals(analytic.headline()) ? headline(e, test) : other(e, leads))
            .toList();
    Effect headline = effects.get(analytic.effects().indexOf(analytic.headline()));
    List<Diagnostic> found = new ArrayList<>();
    found.add(assigned(test));
    found.addAll(preTrend(leads, effect));
    found.addAll(DesignChecks.anticipation(effects, design, 0));
    analytic.diagnostics().stream()
        .filter(d -> d.check().equals("clusters"))
        .map(PermutationInference::clusters)
        .forEach(found::add);
    analytic.diagnostics().stream()
        .filter(d -> !REPLACED.contains(d.check()) && !countsClusters(d))
        .forEach(found::add);
    double critical = test.critical(design.alpha());
    if (Double.isFinite(critical)) {
      found.add(
          DesignChecks.detectableBeyond(
              critical, analytic.degreesOfFreedom(), test.standardError()));
    }
    List<HeadlineInterval> intervals = new ArrayList<>();
    for (double alpha : ALPHAS) {
      double[] ends = test.interval(alpha);
      intervals.add(new HeadlineInterval(1 - alpha, ends[0], ends[1]));
    }
    return new EffectEstimate(
        analytic.estimator(),
        headline,
        effects,
        found,
        analytic.attrition(),
        analytic.degreesOfFreedom(),
        intervals);
  }

  private PermutedLeads leads(double effect) {
    Map<Integer, PermutationTest> tests = new TreeMap<>();
    for (int k = 0; k < comparisons.cells().length; k++) {
      if (eventTime(k) < 0) {
        tests.computeIfAbsent(eventTime(k), e -> test(l -> eventTime(l) == e));
      }
    }
    return new PermutedLeads(tests, effect, -design.anticipation(), assignments.isComplete());
  }

  private List<Diagnostic> preTrend(PermutedLeads leads, double effect) {
    double smallest = design.smallestEffect().orElse(0);
    boolean hides = smallest > Math.abs(effect);
    double perPeriod =
        (hides ? smallest : effect) / aggregate(k -> eventTime(k) >= 0).distance(observed);
    Map<Integer, Double> drift = new HashMap<>();
    for (int k = 0; k < comparisons.cells().length; k++) {
      if (eventTime(k) < 0) {
        drift.computeIfAbsent(
            eventTime(k), e -> perPeriod * aggregate(l -> eventTime(l) == e).distance(observed));
      }
    }
    return leads.check(drift, hides);
  }

  private Effect headline(Effect e, PermutationTest test) {
    double[] ends = test.interval(design.alpha());
    return e.doubted(test.standardError(), ends[0], ends[1], test.pValue(0));
  }

  // What else is estimated has effects of other times and cohorts in its assignments.
  private static Effect other(Effect e, PermutedLeads leads) {
    boolean isLead =
        e.aggregation().equals(Aggregations.Form.EVENT_TIME) && e.eventTime().orElseThrow() < 0;
    int time = e.eventTime().orElse(0);
    return isLead
        ? e.doubted(leads.standardError(time), Double.NaN, Double.NaN, leads.pValue(time))
        : e.doubted(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  private Diagnostic assigned(PermutationTest test) {
    double smallest = test.smallestPValue();
    boolean isEnough = smallest <= design.alpha();
    return new Diagnostic(
        "permutation",
        "assignments",
        assignments.all().size(),
        smallest,
        isEnough ? Status.PASS : Status.FAIL,
        String.format(
            Locale.ROOT,
            "The interval and p-values come from %s. No effect, however large, gets a p-value below"
                + " %.2g%s",
            assignments.words(),
            smallest,
            isEnough ? "." : ", so that none can be told from noise."));
  }

  // Where every unit is a cluster, these count once more what the clusters' check does.
  private boolean countsClusters(Diagnostic d) {
    return design.isClusteredByUnit() && Set.of("units", "overlap").contains(d.check());
  }

  private static Diagnostic clusters(Diagnostic analytic) {
    return DesignChecks.counted(
        "clusters",
        analytic.statistic(),
        (long) analytic.value(),
        FEWEST_CLUSTERS,
        ENOUGH_CLUSTERS,
        analytic.message().replaceFirst("of \\d+ clusters", "of %d clusters"));
  }
}
