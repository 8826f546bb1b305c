package needle.estimate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import needle.kit.InvalidInput;

/**
 * What a study asks of a panel: the role of each column, whom the treated are compared with, and
 * how doubt is stated.
 *
 * @param unit the column whose values are followed through time, such as {@code employee_id}
 * @param period the column of whole-numbered periods; empty in a cross-section
 * @param outcome the numeric outcome; a row that leaves it empty counts as not observed
 * @param treatment when a unit was first treated; empty where an estimator needs no adoption date
 * @param covariates numeric columns, taken from a unit's first observed period
 * @param clusters columns whose values moved together; none for the unit itself, several for
 *     clustering in several ways at once
 * @param anticipation periods before treatment in which the outcome may already react
 * @param smallestEffect the smallest effect of interest, which checks have to see; empty if none is
 *     named
 * @param alpha one minus the confidence level of intervals and bands
 * @param seed where the simulation of the bands starts
 * @param sampling how the panel's rows were drawn
 * @param peers the column of the groups within which one unit's treatment may affect another's
 *     outcome, as of before treatment; where no cluster is named, it is the cluster
 * @param grain how long its periods are
 * @throws InvalidInput naming every fault at once
 */
public record StudyDesign(
    String unit,
    Optional<String> period,
    String outcome,
    Optional<Treatment> treatment,
    List<String> covariates,
    List<String> clusters,
    int anticipation,
    ControlGroup control,
    BasePeriod basePeriod,
    Nuisance nuisance,
    OptionalDouble smallestEffect,
    double alpha,
    long seed,
    Sampling sampling,
    Optional<String> peers,
    Grain grain) {

  /** How the panel tells when a unit was first treated. */
  public sealed interface Treatment {
    /** The column that tells it. */
    String column();
  }

  /**
   * A column with the unit's first treated period in every row.
   *
   * @param never the value, besides null, that means never
   */
  public record Adopted(String column, OptionalInt never) implements Treatment {}

  /**
   * A column that is 0 or false until the unit is treated, and 1 or true from then on; in a
   * cross-section, 1 or true where it was.
   */
  public record Exposed(String column) implements Treatment {}

  /**
   * In durations, a column with the time at which the treatment begins, on the unit's own clock;
   * null for never.
   */
  public record Begins(String column) implements Treatment {}

  /** A column that says how much of the treatment there was, such as hours. */
  public record Dose(String column) implements Treatment {}

  /** Whom the treated are compared with. */
  public enum ControlGroup {
    /** Units that are untreated at both ends of the comparison, later adopters included. */
    NOT_YET_TREATED,
    /** Only units that are not treated in any period of the panel. */
    NEVER_TREATED
  }

  /** What the leads, the periods before treatment, are compared with. */
  public enum BasePeriod {
    /** Each lead with the period just before it: a lead is a one-period change. */
    VARYING,
    /** Each lead with the last period before treatment: a lead is the distance to it. */
    UNIVERSAL
  }

  /** How treated and untreated units are made comparable on the covariates. */
  public enum Nuisance {
    NONE,
    /** Untreated trends predicted from the covariates by least squares. */
    OUTCOME_REGRESSION,
    /** Controls weighted by their odds of being treated, which a logistic regression tells. */
    IPW,
    /** Both: right when either of the two models is. */
    DOUBLY_ROBUST;

    /** Whether controls are weighted. */
    boolean weighs() {
      return this == IPW || this == DOUBLY_ROBUST;
    }

    /** Whether untreated trends are predicted. */
    boolean predicts() {
      return this != IPW;
    }
  }

  public StudyDesign {
    covariates = List.copyOf(covariates);
    clusters = clusters.isEmpty() ? peers.stream().toList() : List.copyOf(clusters);
    Faults faults = new Faults("The study design");
    Map<String, String> roles = new LinkedHashMap<>();
    claim(roles, faults, "unit", unit);
    period.ifPresent(p -> claim(roles, faults, "period", p));
    claim(roles, faults, "outcome", outcome);
    treatment.ifPresent(t -> claim(roles, faults, "treatment", t.column()));
    covariates.forEach(c -> claim(roles, faults, "covariate", c));
    sampling.weights().ifPresent(w -> claim(roles, faults, "weight", w));
    if (clusters.stream().anyMatch(String::isBlank)) {
      faults.add("The cluster has no column", "its name is blank", "name a column or leave it out");
    }
    if (clusters.stream().distinct().count() < clusters.size()) {
      faults.add(
          "A cluster's column stands twice",
          "the clusters are " + clusters,
          "name each column once");
    }
    if (anticipation < 0) {
      faults.add(
          "anticipation is negative",
          "it counts periods before treatment, and " + anticipation + " was given",
          "give 0 or the number of periods in which people may already react");
    }
    if (!(alpha > 0 && alpha < 0.5)) {
      faults.add(
          "alpha is not a level of significance",
          "it must lie between 0 and 0.5, and " + alpha + " was given",
          "give 0.05 for 95% intervals");
    }
    if (smallestEffect.isPresent() && !(smallestEffect.getAsDouble() > 0)) {
      faults.add(
          "The smallest effect of interest is not a size",
          "it is a distance from zero, and " + smallestEffect.getAsDouble() + " was given",
          "give the smallest change that would matter, whatever its direction, above zero");
    }
    if (nuisance == Nuisance.NONE && !covariates.isEmpty()) {
      faults.add(
          "Covariates would be ignored",
          "the nuisance is none and the covariates are " + covariates,
          "choose doubly_robust, ipw or outcome_regression, or drop the covariates");
    }
    if (nuisance != Nuisance.NONE && covariates.isEmpty()) {
      faults.add(
          "The nuisance " + nuisance.name().toLowerCase(Locale.ROOT) + " has nothing to adjust for",
          "no covariates are listed",
          "list covariates measured before treatment, or choose none");
    }
    peers.ifPresent(p -> claim(roles, faults, "peer group", p));
    if (peers.isPresent() && !sampling.isFollowed()) {
      faults.add(
          "Peers have no meaning where units are drawn anew in every period",
          "whose peers were treated before a unit was is seen in panels only",
          "leave the peers out");
    }
    if (peers.isPresent() && (clusters.size() > 1 || clusters.contains(unit))) {
      faults.add(
          "The clusters do not hold peers together",
          "what one unit's treatment does to its peers moves them together, and the clusters are "
              + clusters,
          "leave the cluster out, which makes peers a cluster, or name one that holds all peers");
    }
    faults.report();
  }

  private static void claim(Map<String, String> roles, Faults faults, String role, String column) {
    if (column == null || column.isBlank()) {
      faults.add("The " + role + " has no column", "its name is blank", "name a column");
      return;
    }
    String before = roles.putIfAbsent(column, role);
    if (before != null) {
      faults.add(
          "The column " + column + " has two roles",
          "it is the " + before + " and the " + role,
          "give each role its own column");
    }
  }

  /**
   * The column whose values were treated together; empty for the unit itself.
   *
   * @throws InvalidInput when there are several
   */
  public Optional<String> cluster() {
    if (clusters.size() > 1) {
      throw new InvalidInput(
          "This estimator clusters by one column",
          "the study lists " + String.join(", ", clusters),
          "list one, or choose fixed_effects, which can cluster in several ways at once");
    }
    return clusters.stream().findFirst();
  }

  /** The units' own column when nothing coarser was treated together. */
  public boolean isClusteredByUnit() {
    return clusters.isEmpty() || clusters.equals(List.of(unit));
  }

  /** The same without a question about peers; errors stay clustered as they are. */
  StudyDesign withoutPeers() {
    return comparedWith(control);
  }

  /** The same without a question about peers, compared with others. */
  StudyDesign comparedWith(ControlGroup others) {
    return asking(outcome, others, smallestEffect);
  }

  /** The same of another outcome, of which nothing is known that would matter. */
  StudyDesign on(String another) {
    return asking(another, control, OptionalDouble.empty());
  }

  private StudyDesign asking(String what, ControlGroup others, OptionalDouble matters) {
    return new StudyDesign(
        unit,
        period,
        what,
        treatment,
        covariates,
        clusters,
        anticipation,
        others,
        basePeriod,
        nuisance,
        matters,
        alpha,
        seed,
        sampling,
        Optional.empty(),
        grain);
  }

  /** Starts a design with the three columns that every study through time has. */
  public static Draft of(String unit, String period, String outcome) {
    return new Draft(unit, Optional.ofNullable(period), outcome);
  }

  /** Starts the design of a cross-section. */
  public static Draft of(String unit, String outcome) {
    return new Draft(unit, Optional.empty(), outcome);
  }

  /**
   * A design in the making; what is not said is the default: not-yet-treated controls, a varying
   * base period, no anticipation, no covariates, clusters that are the units, 95% intervals.
   */
  public static final class Draft {
    private final String unit;
    private Optional<String> period;
    private final String outcome;
    private Optional<Treatment> treatment = Optional.empty();
    private final List<String> covariates = new ArrayList<>();
    private List<String> clusters = List.of();
    private int anticipation = 0;
    private ControlGroup control = ControlGroup.NOT_YET_TREATED;
    private BasePeriod basePeriod = BasePeriod.VARYING;
    private Nuisance nuisance = Nuisance.NONE;
    private OptionalDouble smallestEffect = OptionalDouble.empty();
    private double alpha = 0.05;
    private long seed = 1;
    private Sampling sampling = Sampling.PLAIN;
    private Optional<String> peers = Optional.empty();
    private Grain grain = Grain.NUMBER;

    private Draft(String unit, Optional<String> period, String outcome) {
      this.unit = unit;
      this.period = period;
      this.outcome = outcome;
    }

    /** The column of the first treated period, null for never. */
    public Draft adopted(String column) {
      return treatedBy(new Adopted(column, OptionalInt.empty()));
    }

    /** The column of the first treated period, null or {@code never} for never. */
    public Draft adopted(String column, int never) {
      return treatedBy(new Adopted(column, OptionalInt.of(never)));
    }

    /** The column that turns from 0 to 1 when a unit is treated. */
    public Draft exposed(String column) {
      return treatedBy(new Exposed(column));
    }

    /** How the panel tells when a unit was first treated. */
    public Draft treatedBy(Treatment how) {
      treatment = Optional.of(how);
      return this;
    }

    /** Covariates measured before treatment, and how they are adjusted for. */
    public Draft adjustedFor(Nuisance how, List<String> columns) {
      nuisance = how;
      covariates.addAll(columns);
      return this;
    }

    /** The column whose values were treated together; several cluster in several ways at once. */
    public Draft clusteredBy(String... columns) {
      clusters = List.of(columns);
      return this;
    }

    /** Periods before treatment in which the outcome may already react. */
    public Draft anticipating(int periods) {
      anticipation = periods;
      return this;
    }

    public Draft comparedWith(ControlGroup group) {
      control = group;
      return this;
    }

    public Draft from(BasePeriod base) {
      basePeriod = base;
      return this;
    }

    /** The smallest effect of interest, above zero. */
    public Draft mattersFrom(double effect) {
      smallestEffect = OptionalDouble.of(effect);
      return this;
    }

    public Draft alpha(double level) {
      alpha = level;
      return this;
    }

    public Draft seed(long start) {
      seed = start;
      return this;
    }

    /** The rows of all periods count alike, whichever theirs is. */
    public Draft pooled() {
      period = Optional.empty();
      return this;
    }

    /** How the panel's rows were drawn. */
    public Draft drawnBy(Sampling how) {
      sampling = how;
      return this;
    }

    /** The column of the groups within which one unit's treatment may affect another's outcome. */
    public Draft among(String column) {
      peers = Optional.of(column);
      return this;
    }

    /** How long periods are, whose numbers are then those of their dates. */
    public Draft inPeriodsOf(Grain length) {
      grain = length;
      return this;
    }

    /** The checked design. */
    public StudyDesign build() {
      return new StudyDesign(
          unit,
          period,
          outcome,
          treatment,
          covariates,
          clusters,
          anticipation,
          control,
          basePeriod,
          nuisance,
          smallestEffect,
          alpha,
          seed,
          sampling,
          peers,
          grain);
    }
  }
}
