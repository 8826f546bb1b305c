package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A few units, each observed in every period, as a table in memory.
 *
 * @param outcomes by unit and period; units in the order of their outcomes, so that names matter
 *     not
 * @param controls positions of the units that are treated in no period
 * @param treated by first treated period, the positions of its units
 */
record SitePanel(
    int[] periods,
    double[][] outcomes,
    int[] controls,
    Map<Integer, int[]> treated,
    List<AttritionStep> attrition) {
  /** More units than that have better estimators, and would wait long for this one. */
  static final int MOST_UNITS = 500;

  // The noise of a unit is told by its changes before treatment: two periods have one.
  private static final int FEWEST_PERIODS_BEFORE = 2;

  static SitePanel of(Dataset<Row> panel, StudyDesign design) {
    try (UnitHistories histories = UnitHistories.of(panel, design)) {
      JavaRDD<UnitHistory> units = histories.units();
      PanelSurvey survey = OrderedSums.of(units, new PanelSurvey(0));
      survey.reportFaults();
      StaggeredDid.requireKnownCohorts(survey, design);
      long count = units.filter(u -> u.periods().length > 0).count();
      if (count > MOST_UNITS) {
        throw new InvalidInput(
            "synthetic_did is for at most " + MOST_UNITS + " units",
            "the panel has " + count + ", and each gets a weight of its own",
            "make the units sites, with the mean of their people, or choose staggered_did");
      }
      List<UnitHistory> seen = new ArrayList<>(units.filter(u -> u.periods().length > 0).collect());
      seen.sort(
          Comparator.comparing(UnitHistory::outcomes, Arrays::compare)
              .thenComparing(UnitHistory::unit));
      return of(seen, survey, design.grain());
    }
  }

  private static SitePanel of(List<UnitHistory> units, PanelSurvey survey, Grain grain) {
    int[] periods =
        units.stream().flatMapToInt(u -> IntStream.of(u.periods())).distinct().sorted().toArray();
    StaggeredDid.requireConsecutive(periods, grain, StaggeredDid.BEFORE_TREATMENT);
    requireBalance(units, periods.length);
    double[][] outcomes = units.stream().map(UnitHistory::outcomes).toArray(double[][]::new);
    List<Integer> controls = new ArrayList<>();
    TreeMap<Integer, List<Integer>> treated = new TreeMap<>();
    int early = 0;
    for (int i = 0; i < outcomes.length; i++) {
      int cohort = units.get(i).cohort();
      if (cohort > periods[periods.length - 1]) {
        controls.add(i);
      } else if (cohort < periods[0] + FEWEST_PERIODS_BEFORE) {
        early++;
      } else {
        treated.computeIfAbsent(cohort, g -> new ArrayList<>()).add(i);
      }
    }
    requireBothSides(controls.size(), treated.size(), early);
    TreeMap<Integer, int[]> positions = new TreeMap<>();
    treated.forEach((cohort, list) -> positions.put(cohort, array(list)));
    long analysed = outcomes.length - early;
    long length = periods.length;
    return new SitePanel(
        periods,
        outcomes,
        array(controls),
        positions,
        survey.steps(
            new long[] {analysed, analysed * length}, new long[] {early, early * length}, false));
  }

  private static void requireBalance(List<UnitHistory> units, int periods) {
    List<UnitHistory> gappy = units.stream().filter(u -> u.periods().length < periods).toList();
    if (!gappy.isEmpty()) {
      throw new InvalidInput(
          gappy.size() + " units were not observed in every period",
          "for example "
              + gappy.get(0).unit()
              + " has "
              + gappy.get(0).periods().length
              + " of "
              + periods
              + " periods, and a synthetic control is followed through all of them",
          "leave these units or periods out, or choose imputation_did");
    }
  }

  private static void requireBothSides(int controls, int cohorts, int early) {
    if (cohorts == 0) {
      throw new InvalidInput(
          early == 0 ? "Nobody was treated" : "No treated unit was observed long enough before",
          early == 0
              ? "no unit has a first treated period within the panel"
              : early + " treated units have fewer than two periods before their treatment",
          early == 0
              ? "check the treatment column, and which values mean never"
              : "supply earlier periods");
    }
    if (controls < 2) {
      throw new InvalidInput(
          "There is nobody to make a synthetic control of",
          controls + " units were treated in no period of the panel",
          "add untreated units, or choose interrupted_series where there are none");
    }
  }

  /** How many units were treated and are analysed. */
  int treatedUnits() {
    return treated.values().stream().mapToInt(t -> t.length).sum();
  }

  private static int[] array(List<Integer> list) {
    return list.stream().mapToInt(i -> i).toArray();
  }
}
