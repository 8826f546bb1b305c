package needle.kit;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a program is for and how it will be judged, registered before its launch; read from {@code
 * pipelines/plans}.
 */
public record MeasurementPlan(
    String programId,
    String title,
    String businessProblem,
    String owner,
    LocalDate registeredOn,
    LocalDate launchOn,
    List<String> courseIds,
    /** A SQL predicate over the panel's columns: whom the program was meant for. */
    String population,
    /** What makes a person count as exposed. */
    Exposure exposure,
    List<Question> questions,
    Cost cost,
    Optional<String> decision) {

  /** One KPI that the program should move, and how it is judged. */
  public record Question(
      String kpiId,
      boolean primary,
      /**
       * The smallest change in the KPI's unit that would matter: the margin of equivalence for "no
       * effect".
       */
      double smallestEffectOfInterest,
      Grain grain,
      Comparison comparison,
      /**
       * Periods before training in which the outcome may already react (the dip before training).
       */
      int anticipationPeriods,
      /** The column whose values were treated together; inference is clustered by it. */
      String cluster,
      /** How the answer's assumptions are tried, beside the checks that every answer passes. */
      Map<Sensitivity, Sensitivity.Settings> sensitivity,
      /**
       * Of durations, what the trained and the others of each trial are made alike in: columns of
       * {@code panel.target_trials}.
       */
      List<String> adjustedFor) {

    /** A question that nothing is adjusted for. */
    public Question(
        String kpiId,
        boolean primary,
        double smallestEffectOfInterest,
        Grain grain,
        Comparison comparison,
        int anticipationPeriods,
        String cluster,
        Map<Sensitivity, Sensitivity.Settings> sensitivity) {
      this(
          kpiId,
          primary,
          smallestEffectOfInterest,
          grain,
          comparison,
          anticipationPeriods,
          cluster,
          sensitivity,
          List.of());
    }
  }

  /** From when on a person counts as exposed to the program. */
  public enum Exposure {
    /** The first completion: what training did for those who took it. */
    COMPLETION,
    /**
     * The first assignment, taken or not (intention to treat): what the decision to train did. Who
     * completes may differ from who does not in ways that matter; who is assigned cannot.
     */
    ASSIGNMENT
  }

  /** The length of one study period. */
  public enum Grain {
    MONTH(1),
    QUARTER(3);

    private final int months;

    Grain(int months) {
      this.months = months;
    }

    public int months() {
      return months;
    }
  }

  /** Whom the trained are compared with. */
  public enum Comparison {
    NOT_YET_TREATED,
    NEVER_TREATED
  }

  /** Fully loaded: what was spent once, and what each learner's seat and time cost. */
  public record Cost(
      double designUsd,
      double deliveryUsdPerLearner,
      double learnerHourUsd,
      double hoursPerLearner,
      double evaluationUsd) {

    /** The cost of training that many people. */
    public double totalUsd(long learners) {
      return designUsd
          + evaluationUsd
          + learners * (deliveryUsdPerLearner + learnerHourUsd * hoursPerLearner);
    }
  }
}
