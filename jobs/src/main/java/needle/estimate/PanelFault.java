package needle.estimate;

/** What a row or a unit of a panel may not be. */
enum PanelFault {
  UNIT_MISSING("rows have no unit", "fill the unit column or drop these rows"),
  PERIOD_NOT_WHOLE(
      "rows have no whole-numbered period", "number the periods with whole numbers, without gaps"),
  PERIOD_TOO_LARGE(
      "rows have a period beyond 2147483647",
      "number the periods one after the other, such as months as 12 × year + month"),
  DUPLICATE(
      "rows repeat a unit and period",
      "keep one row per unit and period of the panel's grain: add up or average finer rows first, or"
          + " name their own grain"),
  OUTCOME_NOT_FINITE(
      "rows have an outcome that is NaN or infinite",
      "leave the outcome empty where it was not observed"),
  TWO_COHORTS(
      "units have more than one first treated period",
      "write the same first treated period in every row of a unit"),
  COHORT_NOT_WHOLE(
      "rows have a first treated period that is not a whole number",
      "number it like the period column"),
  COHORT_TOO_LARGE(
      "rows have a first treated period beyond 2147483647",
      "number it like the period column, and leave it empty for units that are never treated"),
  EXPOSURE_MISSING("rows do not say whether the unit was exposed", "fill the exposed column"),
  EXPOSURE_NOT_BINARY(
      "rows have an exposure that is neither 0 nor 1",
      "give 1 from the first exposed period on, whatever its amount"),
  EXPOSURE_ENDS(
      "units are exposed and later not",
      "treat exposure as lasting from its first period: effects of leaving it are not estimated"),
  CLUSTER_MISSING("rows have no cluster", "fill the cluster column or drop these units"),
  CLUSTER_CHANGES(
      "units change their cluster",
      "use the cluster in which a unit was first seen, or a coarser one that it never leaves"),
  WEIGHT_CHANGES(
      "units have more than one sampling weight",
      "write the same weight in every row of a unit, such as that of its first period"),
  WEIGHT_NOT_POSITIVE(
      "units have a sampling weight that is not above zero, or infinite",
      "leave it empty for units that stand for nobody, or drop their rows"),
  COVARIATE_NOT_FINITE(
      "units have a covariate that is NaN or infinite", "leave it empty or correct it");

  private final String problem;
  private final String remedy;

  PanelFault(String problem, String remedy) {
    this.problem = problem;
    this.remedy = remedy;
  }

  /** Whether periods can be as large. */
  static boolean isInRange(double period) {
    return Math.abs(period) <= Integer.MAX_VALUE;
  }

  String problem() {
    return problem;
  }

  String remedy() {
    return remedy;
  }
}
