package needle.estimate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import needle.estimate.Aggregations.Form;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Difference-in-differences for a staggered roll-out: group-time average effects on the treated and
 * what they add up to (Callaway & Sant'Anna 2021), with analytic standard errors.
 *
 * <p>Three passes over one line per unit: what is there; the sums behind the effects; the influence
 * of every cluster on them. Where controls are weighted, a handful more fit all their weights. A
 * unit enters a comparison when it was observed at both of its ends.
 */
public final class StaggeredDid implements EffectEstimator {
  /** How intervals and p-values come about. */
  public enum Inference {
    /** From errors within clusters and the t distribution. */
    CLUSTER,
    /** From dealing adoption dates out to the clusters again, where few are treated. */
    PERMUTATION
  }

  static final String BEFORE_TREATMENT = "what is just before a treatment";

  private static final List<String> BANDED =
      List.of(Form.GROUP_TIME, Form.GROUP, Form.EVENT_TIME, Form.CALENDAR, Form.BALANCED);

  private final Map<Sensitivity, Settings> asked;
  private final Inference inference;
  private final OptionalInt balance;
  private final boolean isOfCheck;

  public StaggeredDid() {
    this(Map.of());
  }

  public StaggeredDid(Map<Sensitivity, Settings> asked) {
    this(asked, Inference.CLUSTER);
  }

  public StaggeredDid(Map<Sensitivity, Settings> asked, Inference inference) {
    this(asked, inference, OptionalInt.empty());
  }

  /**
   * @param asked which of its assumptions are tried, and how: relative magnitudes, smoothness,
   *     placebo dates
   * @param balance up to which event time effects are also told of the same cohorts throughout
   */
  public StaggeredDid(Map<Sensitivity, Settings> asked, Inference inference, OptionalInt balance) {
    if (inference == Inference.PERMUTATION && !asked.isEmpty()) {
      throw new InvalidInput(
          "Permutation inference does not tell how far the effect stands",
          "the study asks for "
              + String.join(", ", asked.keySet().stream().map(Sensitivity::word).sorted().toList())
              + ", which take errors of all event times",
          "leave sensitivity out, or choose inference: cluster");
    }
    if (balance.orElse(0) < 0) {
      throw new InvalidInput(
          "The balance is negative",
          "it is " + balance.getAsInt() + ", an event time up to which all cohorts are seen",
          "count periods from the first treated one, which is 0");
    }
    this.asked = Map.copyOf(asked);
    this.inference = inference;
    this.balance = balance;
    this.isOfCheck = false;
  }

  private StaggeredDid(boolean isOfCheck) {
    this.asked = Map.of();
    this.inference = Inference.CLUSTER;
    this.balance = OptionalInt.empty();
    this.isOfCheck = isOfCheck;
  }

  /**
   * For checks, which ask for an effect and not for bands: these take most of the time to tell. Of
   * units whose first treated period was moved, so that it may lie before the panel.
   */
  static StaggeredDid ofCheck() {
    return new StaggeredDid(true);
  }

  /**
   * Checks on the comparisons of another estimator, which has them in common.
   *
   * @param asked of the other; trends are tried of leads that are estimated as the effect is
   */
  static StaggeredDid behindAnother(Map<Sensitivity, Settings> asked) {
    return new StaggeredDid(
        asked.containsKey(Sensitivity.PLACEBO_DATES)
            ? Map.of(Sensitivity.PLACEBO_DATES, Settings.USUAL)
            : Map.of());
  }

  @Override
  public EffectEstimator untried() {
    return new StaggeredDid(Map.of(), inference);
  }

  @Override
  public String name() {
    return "staggered_did";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    requireTreatment(design, name());
    requireCohorts(design);
    if (inference == Inference.PERMUTATION) {
      PermutationInference.requireFit(design);
    }
    try (UnitHistories histories = UnitHistories.of(panel, design)) {
      return estimate(histories.units(), design);
    }
  }

  static void requireTreatment(StudyDesign design, String estimator) {
    if (design.treatment().isEmpty() || design.treatment().get() instanceof StudyDesign.Dose) {
      throw new InvalidInput(
          "The study does not say who was treated when",
          estimator + " needs the first treated period of every unit",
          "give treatment as adopted or exposed");
    }
  }

  // Who was drawn before their group was exposed does not show that it was going to be.
  private static void requireCohorts(StudyDesign design) {
    if (!design.sampling().isFollowed()
        && design.treatment().get() instanceof StudyDesign.Exposed exposed) {
      throw new InvalidInput(
          "The column " + exposed.column() + " cannot tell the first treated period",
          "units are drawn anew in every period, so that nobody is seen before and after it",
          "give treatment as adopted: the first treated period of the group, in every row");
    }
  }

  EffectEstimate estimate(JavaRDD<UnitHistory> read, StudyDesign design) {
    int covariates = design.covariates().size();
    PanelSurvey survey =
        OrderedSums.of(read, new PanelSurvey(covariates, design.sampling().isFollowed()));
    survey.reportFaults();
    if (!isOfCheck) {
      requireKnownCohorts(survey, design);
    }
    survey.requireOpenOutcome(design.outcome());
    Comparisons possible = comparisons(survey, design);
    double[] means = survey.covariateMeans();
    JavaRDD<UnitHistory> units = read;
    if (design.sampling().isWeighted()) {
      // Of mean one, whatever they are counted in: only their ratios matter.
      double factor = 1 / survey.meanWeight();
      units = read.map(unit -> unit.times(factor));
    }
    Optional<Propensities> propensities =
        design.nuisance().weighs()
            ? Optional.of(
                Propensities.of(
                    units,
                    possible,
                    survey.cohorts().keySet(),
                    survey.isGapless(),
                    means,
                    design.covariates()))
            : Optional.empty();
    CellEstimates cells = cells(units, possible, means, propensities, design);
    requireAnEffect(cells, design);
    InfluenceSums influence =
        OrderedSums.of(units, new InfluenceSums(cells, design.isClusteredByUnit())).complete();
    EffectEstimate estimate = told(survey, cells, influence, design);
    if (inference == Inference.PERMUTATION) {
      Set<Integer> cohorts = survey.cohorts().keySet();
      estimate =
          PermutationInference.of(units, cells.comparisons, cohorts, influence.clusters, design)
              .told(estimate);
    }
    if (design.peers().isPresent()) {
      estimate = estimate.with(new Spillover(read, design, cells.comparisons, estimate).check());
    }
    if (!asked.containsKey(Sensitivity.PLACEBO_DATES)) {
      return estimate;
    }
    int last = survey.periods()[survey.periods().length - 1];
    return estimate.with(new PlaceboDates(ofCheck(), read, design, last).check());
  }

  private static CellEstimates cells(
      JavaRDD<UnitHistory> units,
      Comparisons possible,
      double[] means,
      Optional<Propensities> propensities,
      StudyDesign design) {
    if (design.sampling().isFollowed()) {
      boolean isWeighted = design.sampling().isWeighted();
      return PanelEstimates.of(
          possible,
          OrderedSums.of(units, new CellSums(possible, means, propensities, isWeighted)),
          means,
          propensities,
          design);
    }
    return SurveyEstimates.of(
        possible,
        OrderedSums.of(units, new SurveySums(possible, means, propensities)),
        means,
        propensities,
        design);
  }

  // Zero and below, where periods are above: somebody's word for never, or a start long ago.
  static void requireKnownCohorts(PanelSurvey survey, StudyDesign design) {
    int[] periods = survey.periods();
    boolean isAdopted = design.treatment().orElse(null) instanceof StudyDesign.Adopted;
    if (!isAdopted || periods.length == 0 || periods[0] <= 0) {
      return;
    }
    survey.cohorts().keySet().stream()
        .filter(g -> g <= 0)
        .findFirst()
        .ifPresent(
            g -> {
              throw new InvalidInput(
                  "It cannot be told what the first treated period " + g + " means",
                  survey.cohorts().get(g)
                      + " units have it, the panel starts in period "
                      + periods[0]
                      + ", and the study does not say that it means never",
                  "say never: "
                      + g
                      + " if these units were never treated; write period "
                      + periods[0]
                      + " if they were treated from the start");
            });
  }

  private static Comparisons comparisons(PanelSurvey survey, StudyDesign design) {
    int[] periods = survey.periods();
    int last = periods.length == 0 ? 0 : periods[periods.length - 1];
    int[] cohorts =
        survey.cohorts().keySet().stream().filter(g -> g <= last).mapToInt(g -> g).toArray();
    if (periods.length == 0) {
      throw new InvalidInput(
          design.sampling().isFollowed() ? "No unit was observed twice" : "No unit was observed",
          design.sampling().isFollowed()
              ? "a change can only be seen in units with an outcome in two periods"
              : "the outcome, or something else that estimates need, is empty in every row",
          design.sampling().isFollowed()
              ? "supply a panel that follows its units through time"
              : "fill the columns that the study names");
    }
    requireConsecutive(periods, design.grain(), BEFORE_TREATMENT);
    if (cohorts.length == 0) {
      throw new InvalidInput(
          "Nobody was treated",
          "no unit of the panel has a first treated period up to period "
              + design.grain().name(last),
          "check the treatment column, and which values mean never");
    }
    Comparisons possible = Comparisons.of(periods, cohorts, design);
    if (possible.cells().length == 0) {
      throw new InvalidInput(
          "No unit was observed before its treatment",
          "the panel starts in period "
              + design.grain().name(periods[0])
              + ", and the earliest treatment less the anticipation is not later",
          "supply earlier periods");
    }
    return possible;
  }

  /**
   * @param untold what cannot be told where a period is missing
   */
  static void requireConsecutive(int[] periods, Grain grain, String untold) {
    for (int t = 1; t < periods.length; t++) {
      if (periods[t] != periods[t - 1] + 1) {
        throw new InvalidInput(
            grain == Grain.NUMBER
                ? "The periods are not numbered one after the other"
                : "A " + grain.word() + " is missing",
            grain.name(periods[t - 1])
                + " is followed by "
                + grain.name(periods[t])
                + ", so "
                + untold
                + " cannot be told",
            grain == Grain.NUMBER
                ? "number the periods 1, 2, 3, … and the first treated periods alike; of years and"
                    + " months, 12 × year + month"
                : "supply what was observed in between, or give a coarser grain");
      }
    }
  }

  private static void requireAnEffect(CellEstimates estimates, StudyDesign design) {
    Comparisons kept = estimates.comparisons;
    for (Comparisons.Cell cell : kept.cells()) {
      if (kept.eventTime(cell) >= 0) {
        return;
      }
    }
    boolean neverOnly = design.control() == StudyDesign.ControlGroup.NEVER_TREATED;
    throw new InvalidInput(
        "There is nobody to compare the treated with",
        estimates.apart.isEmpty()
            ? "in no period after a treatment was there a unit that "
                + (neverOnly ? "was never treated" : "was not yet treated")
                + ", observed at both ends"
            : "the covariates "
                + design.covariates()
                + " tell the treated from everybody else, so nobody is like them",
        estimates.apart.isEmpty()
            ? "add untreated units to the panel"
                + (neverOnly ? ", or compare with the not yet treated" : "")
            : "drop the covariate that decides who is treated, or study units that could have been"
                + " either");
  }

  private EffectEstimate told(
      PanelSurvey survey, CellEstimates cells, InfluenceSums influence, StudyDesign design) {
    Aggregations aggregations = new Aggregations(cells, influence);
    List<Form> forms = new ArrayList<>(aggregations.all());
    balance.ifPresent(last -> forms.addAll(aggregations.balanced(last)));
    Form headline =
        forms.stream()
            .filter(f -> f.aggregation().equals(Form.OVERALL) && f.term().equals(Form.GROUP))
            .findFirst()
            .orElseThrow();
    Covariance covariance =
        design.isClusteredByUnit()
            ? Covariance.ofUnits(influence)
            : Covariance.ofClusters(
                influence, headline.treatedClusters(), aggregations.treatedMeans());
    List<Effect> effects = effects(forms, covariance, influence.clusters, design);
    List<AttritionStep> attrition =
        survey.steps(
            new long[] {influence.units, influence.rows},
            new long[] {influence.earlyUnits, influence.earlyRows},
            design.sampling().isWeighted());
    List<Diagnostic> diagnostics =
        new ArrayList<>(
            new PreTrend(cells.comparisons, forms, covariance, influence.clusters)
                .check(headline, design.smallestEffect()));
    diagnostics.addAll(DesignChecks.anticipation(effects, design, EffectEstimate.FEWEST_CLUSTERS));
    diagnostics.addAll(DesignChecks.of(influence, cells, headline, attrition, design));
    diagnostics.add(
        DesignChecks.detectable(
            covariance.degreesOfFreedom(),
            covariance.standardError(headline.influence()),
            design.alpha()));
    Effect judged = effects.get(forms.indexOf(headline));
    EffectEstimate estimate =
        new EffectEstimate(
            name(), judged, effects, diagnostics, attrition, covariance.degreesOfFreedom());
    return estimate.with(
        new TrendSensitivity(new TrendPaths(forms, covariance, design), estimate, design)
            .of(headline, asked));
  }

  private List<Effect> effects(
      List<Form> forms, Covariance covariance, long clusters, StudyDesign design) {
    Map<String, Double> bands = new LinkedHashMap<>();
    for (String banded : isOfCheck ? List.<String>of() : BANDED) {
      List<double[]> together =
          forms.stream().filter(f -> f.aggregation().equals(banded)).map(Form::influence).toList();
      bands.put(banded, covariance.bandQuantile(together, design.alpha(), design.seed()));
    }
    double reach = covariance.quantile(design.alpha());
    List<Effect> effects = new ArrayList<>();
    for (Form form : forms) {
      double error = covariance.standardError(form.influence());
      double band = bands.getOrDefault(form.aggregation(), reach);
      effects.add(
          new Effect(
              Estimand.ATT,
              form.aggregation(),
              form.term(),
              form.cohort(),
              form.period(),
              form.eventTime(),
              form.estimate(),
              error,
              form.estimate() - reach * error,
              form.estimate() + reach * error,
              form.estimate() - band * error,
              form.estimate() + band * error,
              covariance.pValue(form.estimate(), error),
              form.treated(),
              form.controls(),
              clusters,
              form.treatedClusters()));
    }
    return effects;
  }
}
