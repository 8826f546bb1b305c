package needle.estimate;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * A panel as one number per period, all units treated at the same time.
 *
 * @param values the mean outcome; where there is an exposure, outcomes by exposure
 * @param start position of the first treated period
 * @param throughout share of the units that were seen in every period
 */
record Series(
    int[] periods,
    double[] values,
    int start,
    long units,
    double throughout,
    List<AttritionStep> attrition) {

  static Series of(Dataset<Row> panel, StudyDesign design, Optional<String> exposure) {
    PanelColumns.check(panel.schema(), design, exposure.stream().toList(), Optional.empty());
    // Both have to be there, to be compared.
    Dataset<Row> whole =
        exposure
            .map(e -> panel.where(PanelColumns.number(e).isNotNull()))
            .map(p -> p.where(PanelColumns.number(design.outcome()).isNotNull()))
            .orElse(panel);
    SeriesSums sums = sums(whole, design);
    int[] periods = sums.sums.keySet().stream().mapToInt(Integer::intValue).toArray();
    StaggeredDid.requireConsecutive(periods, design.grain(), StaggeredDid.BEFORE_TREATMENT);
    double[] values = sums.sums.values().stream().mapToDouble(s -> s[0] / s[1]).toArray();
    if (exposure.isPresent()) {
      SeriesSums below = sums(whole, exposed(design, exposure.get()));
      int t = 0;
      for (double[] sum : below.sums.values()) {
        if (!(sum[0] > 0)) {
          throw new InvalidInput(
              "Period " + design.grain().name(periods[t]) + " has no exposure",
              "the sum of " + exposure.get() + " is " + sum[0],
              "leave the period out, or correct it");
        }
        values[t] = sums.sums.get(periods[t])[0] / sum[0];
        t++;
      }
    }
    long all = sums.units - sums.seen.getOrDefault(0, 0L);
    long rows = (long) sums.sums.values().stream().mapToDouble(s -> s[1]).sum();
    long read = exposure.isEmpty() ? sums.rows : panel.count();
    return new Series(
        periods,
        values,
        sums.start - periods[0],
        all,
        sums.seen.getOrDefault(periods.length, 0L) / (double) all,
        List.of(
            new AttritionStep("read", sums.units, read, "units and rows of the panel"),
            new AttritionStep(
                "no_outcome", sums.units - all, read - rows, "the outcome was not observed"),
            new AttritionStep("analysed", all, rows, "they enter the series")));
  }

  private static SeriesSums sums(Dataset<Row> panel, StudyDesign design) {
    try (UnitHistories histories = UnitHistories.of(panel, design)) {
      JavaRDD<UnitHistory> units = histories.units();
      PanelSurvey survey = OrderedSums.of(units, new PanelSurvey(0));
      survey.reportFaults();
      StaggeredDid.requireKnownCohorts(survey, design);
      SeriesSums sums = OrderedSums.of(units, new SeriesSums());
      requireOneStart(units, sums, design.grain());
      return sums;
    }
  }

  private static StudyDesign exposed(StudyDesign design, String exposure) {
    return StudyDesign.of(design.unit(), design.period().orElseThrow(), exposure)
        .treatedBy(design.treatment().orElseThrow())
        .inPeriodsOf(design.grain())
        .build();
  }

  private static void requireOneStart(JavaRDD<UnitHistory> units, SeriesSums sums, Grain grain) {
    int start = sums.start;
    if (sums.sums.isEmpty()) {
      throw new InvalidInput(
          "Nothing was observed", "no row has an outcome", "check the outcome's column");
    }
    if (start > sums.sums.lastKey()) {
      throw new InvalidInput(
          "Nobody was treated",
          "no unit of the panel has a first treated period within it",
          "check the treatment column, and which values mean never");
    }
    long never = units.filter(u -> isThereUntreated(u, start)).count();
    if (never > 0) {
      throw new InvalidInput(
          "There is a comparison group",
          never
              + " units were seen untreated after others were treated in period "
              + grain.name(start),
          "choose staggered_did or synthetic_did, which compare with them; or leave them out");
    }
  }

  // Who came when all were treated was treated from the first day, and who left before never was.
  private static boolean isThereUntreated(UnitHistory unit, int start) {
    return Arrays.stream(unit.periods()).anyMatch(p -> p >= start && p < unit.cohort());
  }
}
