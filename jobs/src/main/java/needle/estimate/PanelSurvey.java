package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import needle.estimate.EffectEstimate.AttritionStep;

/**
 * What a panel holds, before anything is estimated: periods, cohorts, faults, and who drops out.
 */
final class PanelSurvey implements OrderedSums.Partial<UnitHistory, PanelSurvey> {
  private static final long serialVersionUID = 1L;

  private final SeenFaults faults = new SeenFaults();
  private final TreeSet<Integer> periods = new TreeSet<>();
  private final TreeMap<Integer, Long> cohorts = new TreeMap<>();
  private final double[] covariateSums;
  private final boolean isFollowed;
  private final Loss all = new Loss();
  private final Loss unobserved = new Loss();
  private final Loss uncovered = new Loss();
  private final Loss unweighted = new Loss();
  private final Loss once = new Loss();
  private final ToldTreatment told = new ToldTreatment();
  private transient int[] added;
  private long rowsWithoutOutcome;
  private long usable;
  private double weights;

  private static final class Loss implements java.io.Serializable {
    private static final long serialVersionUID = 1L;
    long units;
    long rows;

    void add(long unitCount, long rowCount) {
      units += unitCount;
      rows += rowCount;
    }
  }

  PanelSurvey(int covariates) {
    this(covariates, true);
  }

  /**
   * @param isFollowed whether one observation of a unit tells nothing
   */
  PanelSurvey(int covariates, boolean isFollowed) {
    this.covariateSums = new double[covariates];
    this.isFollowed = isFollowed;
  }

  @Override
  public PanelSurvey empty() {
    return new PanelSurvey(covariateSums.length, isFollowed);
  }

  @Override
  public void add(UnitHistory unit) {
    all.add(1, unit.rows());
    if (unit.fault() != null) {
      faults.add(unit.fault());
      return;
    }
    int seen = unit.periods().length;
    if (seen == 0) {
      unobserved.add(1, unit.rows());
      return;
    }
    rowsWithoutOutcome += unit.rows() - seen;
    if (unit.covariates() == null) {
      uncovered.add(1, seen);
    } else if (Double.isNaN(unit.weight())) {
      unweighted.add(1, seen);
    } else if (seen == 1 && isFollowed) {
      once.add(1, seen);
    } else {
      // Units that follow each other often share them.
      if (unit.periods() != added) {
        for (int period : unit.periods()) {
          periods.add(period);
        }
        added = unit.periods();
      }
      cohorts.merge(unit.cohort(), 1L, Long::sum);
      usable++;
      told.add(unit);
      weights += unit.weight();
      for (int i = 0; i < covariateSums.length; i++) {
        covariateSums[i] += unit.covariates()[i];
      }
    }
  }

  @Override
  public PanelSurvey merge(PanelSurvey other) {
    faults.merge(other.faults);
    periods.addAll(other.periods);
    other.cohorts.forEach((cohort, units) -> cohorts.merge(cohort, units, Long::sum));
    for (int i = 0; i < covariateSums.length; i++) {
      covariateSums[i] += other.covariateSums[i];
    }
    all.add(other.all.units, other.all.rows);
    unobserved.add(other.unobserved.units, other.unobserved.rows);
    uncovered.add(other.uncovered.units, other.uncovered.rows);
    unweighted.add(other.unweighted.units, other.unweighted.rows);
    once.add(other.once.units, other.once.rows);
    rowsWithoutOutcome += other.rowsWithoutOutcome;
    usable += other.usable;
    told.merge(other.told);
    weights += other.weights;
    return this;
  }

  /** Fails with everything that is wrong with the panel. */
  void reportFaults() {
    faults.report();
  }

  /** Fails where the outcome is made of the treatment. */
  void requireOpenOutcome(String outcome) {
    if (told.isTold()) {
      throw Circularity.refused(outcome);
    }
  }

  int[] periods() {
    return periods.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Units that can be compared at all, by their cohort. */
  Map<Integer, Long> cohorts() {
    return cohorts;
  }

  double[] covariateMeans() {
    double[] means = covariateSums.clone();
    for (int i = 0; i < means.length; i++) {
      means[i] /= usable;
    }
    return means;
  }

  /** Of the units that can be compared; 1 where nothing is said of weights. */
  double meanWeight() {
    return weights / usable;
  }

  /** Whether every unit that can be compared was observed in every period. */
  boolean isGapless() {
    return rowsUsable() == usable * periods.size();
  }

  private long rowsUsable() {
    return all.rows
        - unobserved.rows
        - rowsWithoutOutcome
        - uncovered.rows
        - unweighted.rows
        - once.rows;
  }

  /**
   * From the rows read to the rows analysed.
   *
   * @param compared units and rows that entered a comparison
   * @param early those first treated before the panel tells of a time without
   * @param isWeighted whether units need a sampling weight
   */
  List<AttritionStep> steps(long[] compared, long[] early, boolean isWeighted) {
    List<AttritionStep> steps = new ArrayList<>();
    steps.add(new AttritionStep("read", all.units, all.rows, "units and rows of the panel"));
    steps.add(
        new AttritionStep(
            "no_outcome",
            unobserved.units,
            unobserved.rows + rowsWithoutOutcome,
            "the outcome was not observed"));
    steps.add(lost("no_covariate", uncovered, "a covariate is missing when first observed"));
    if (isWeighted) {
      steps.add(lost("no_weight", unweighted, "the sampling weight is empty"));
    }
    if (isFollowed) {
      steps.add(lost("seen_once", once, "observed in one period only, so no change can be seen"));
    }
    steps.add(
        new AttritionStep(
            "treated_from_start", early[0], early[1], "no period before treatment was observed"));
    steps.add(
        new AttritionStep(
            "no_comparison",
            usable - compared[0] - early[0],
            rowsUsable() - compared[1] - early[1],
            isFollowed
                ? "no comparison with others has both of its periods observed"
                : "no comparison with others has their period"));
    steps.add(new AttritionStep("analysed", compared[0], compared[1], "they enter the estimate"));
    return steps;
  }

  private static AttritionStep lost(String step, Loss loss, String reason) {
    return new AttritionStep(step, loss.units, loss.rows, reason);
  }
}
