package needle.pipelines.assess.design;

import static needle.pipelines.assess.design.Question.Truthfulness.ASSUMPTIONS_HOLD;
import static needle.pipelines.assess.design.Question.Truthfulness.NO_OVERLAP;
import static needle.pipelines.assess.design.Question.Truthfulness.NULL_EFFECT;
import static needle.pipelines.assess.design.Question.Truthfulness.THREE_SITES;
import static needle.pipelines.assess.design.Question.Truthfulness.TRENDS_NOT_PARALLEL;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import needle.pipelines.assess.design.Question.Truthfulness;

/** Every estimator of a study file under the designs that it is for, and under some it is not. */
public final class Questions {
  /** Spurious effects are then about as large as the planted ones, or larger. */
  private static final double DRIFT = 0.4;

  /** Standard deviations between covariates' means, with which hardly anybody is comparable. */
  private static final double NOBODY_ALIKE = 6;

  private final List<Question> questions = new ArrayList<>();

  private Questions() {}

  /** All of them, in the order of the report: those with an answer first. */
  public static List<Question> all() {
    Questions all = new Questions();
    all.rollOuts();
    all.fewSites();
    all.regressions();
    all.crossSections();
    all.durations();
    all.explanations();
    return all.questions.stream().sorted(Comparator.comparing(Question::truthfulness)).toList();
  }

  private void rollOuts() {
    RollOut plain = RollOut.asked("estimator: staggered_did, nuisance: none");
    rollOut("staggered_did", "", plain);
    for (String nuisance : List.of("outcome_regression", "ipw", "doubly_robust")) {
      RollOut adjusted =
          RollOut.asked("estimator: staggered_did, control: never_treated, nuisance: " + nuisance)
              .apart(0.4);
      rollOut("staggered_did", nuisance, adjusted);
      add("staggered_did", nuisance, NO_OVERLAP, adjusted.without().apart(NOBODY_ALIKE));
    }
    rollOut("staggered_did", "repeated cross-sections", plain.drawnAnew());
    RollOut few = RollOut.asked("estimator: staggered_did, inference: permutation").in(12);
    add("staggered_did", "12 teams, permutation", ASSUMPTIONS_HOLD, few);
    add("staggered_did", "12 teams, permutation", NULL_EFFECT, few.without());
    add("staggered_did", "permutation", THREE_SITES, few.in(3));
    rollOut("imputation_did", "", RollOut.asked("estimator: imputation_did"));
    rollOut("sun_abraham", "", RollOut.asked("estimator: sun_abraham"));
  }

  private void rollOut(String estimator, String variant, RollOut design) {
    add(estimator, variant, ASSUMPTIONS_HOLD, design);
    add(estimator, variant, NULL_EFFECT, design.without());
    add(estimator, variant, TRENDS_NOT_PARALLEL, design.drifting(DRIFT));
    add(estimator, variant, THREE_SITES, design.in(3));
  }

  private void fewSites() {
    FewSites placebo = FewSites.asked("placebo", 2, 20);
    FewSites jackknife = FewSites.asked("jackknife", 12, 24);
    sites("placebo", placebo);
    sites("jackknife", jackknife);
    add("synthetic_did", "placebo", THREE_SITES, FewSites.asked("placebo", 1, 2));
    add("interrupted_series", "", ASSUMPTIONS_HOLD, new OneSeries(1));
    add("interrupted_series", "", NULL_EFFECT, new OneSeries(0));
    add("forecast", "", ASSUMPTIONS_HOLD, new NextPeriod());
  }

  private void sites(String inference, FewSites design) {
    add("synthetic_did", inference, ASSUMPTIONS_HOLD, design);
    add("synthetic_did", inference, NULL_EFFECT, design.without());
    add("synthetic_did", inference, TRENDS_NOT_PARALLEL, design.drifting(DRIFT));
  }

  private void regressions() {
    add("fixed_effects", "", ASSUMPTIONS_HOLD, new Absorbed("", 60, 5));
    add(
        "fixed_effects",
        "8 clusters, wild_bootstrap",
        ASSUMPTIONS_HOLD,
        new Absorbed(", inference: wild_bootstrap", 8, 10));
    add("poisson_fixed_effects", "", ASSUMPTIONS_HOLD, new Counts());
    linked("poisson", Linked.asked(true));
    linked("binomial", Linked.asked(false));
  }

  private void linked(String family, Linked design) {
    add("glm", family, ASSUMPTIONS_HOLD, design);
    add("glm", family, NULL_EFFECT, design.without());
    add("glm", family, NO_OVERLAP, design.without().apart(NOBODY_ALIKE));
    add("glm", family, THREE_SITES, design.in(3));
  }

  private void crossSections() {
    exposure("difference_in_means", "", Exposure.asked("estimator: difference_in_means").apart(0));
    adjusted("ols", "", Exposure.asked("estimator: ols").uniform());
    for (String estimator : List.of("ipw", "aipw", "interactive", "tmle")) {
      for (String estimand : List.of("ate", "att")) {
        adjusted(
            estimator,
            estimand,
            Exposure.asked("estimator: " + estimator + ", estimand: " + estimand));
      }
    }
    adjusted("partially_linear", "", Exposure.asked("estimator: partially_linear").uniform());
    adjusted(
        "heterogeneity",
        "",
        Exposure.asked("estimator: heterogeneity, segments: [job], modifiers: [x]"));
    add("heterogeneity", "dose", ASSUMPTIONS_HOLD, Slopes.asked());
    Doses doses = Doses.asked();
    add("dose_response", "", ASSUMPTIONS_HOLD, doses);
    add("dose_response", "", NULL_EFFECT, doses.without());
    add("dose_response", "", NO_OVERLAP, doses.without().apart(NOBODY_ALIKE));
    add("dose_response", "", THREE_SITES, doses.in(3));
  }

  private void adjusted(String estimator, String variant, Exposure design) {
    exposure(estimator, variant, design);
    add(estimator, variant, NO_OVERLAP, design.without().apart(NOBODY_ALIKE));
  }

  private void exposure(String estimator, String variant, Exposure design) {
    add(estimator, variant, ASSUMPTIONS_HOLD, design);
    add(estimator, variant, NULL_EFFECT, design.without());
    add(estimator, variant, THREE_SITES, design.in(3));
  }

  private void durations() {
    for (String estimand : List.of("ate", "att")) {
      careers("weighted_survival", estimand, Careers.asked(false, estimand));
      careers("cumulative_incidence", estimand, Careers.asked(true, estimand));
    }
    add("cox", "", ASSUMPTIONS_HOLD, new Hazards(false));
    add("discrete_hazard", "", ASSUMPTIONS_HOLD, new Hazards(true));
  }

  private void careers(String estimator, String estimand, Careers design) {
    add(estimator, estimand, ASSUMPTIONS_HOLD, design);
    add(estimator, estimand, NULL_EFFECT, design.without());
    add(estimator, estimand, NO_OVERLAP, design.without().apart(1));
    add(estimator, estimand, THREE_SITES, design.in(3));
  }

  private void explanations() {
    add("decomposition", "", ASSUMPTIONS_HOLD, new Composition(false));
    add("decomposition", "cells", ASSUMPTIONS_HOLD, new Composition(true));
    add("attribution", "", ASSUMPTIONS_HOLD, new Programs());
    add("mediation", "", ASSUMPTIONS_HOLD, new Pathway());
  }

  private void add(String estimator, String variant, Truthfulness truthfulness, Design design) {
    questions.add(new Question(estimator, variant, truthfulness, design));
  }
}
