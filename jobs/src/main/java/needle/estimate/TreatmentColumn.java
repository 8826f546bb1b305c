package needle.estimate;

import needle.kit.InvalidInput;

/** The column that says who was treated, in designs without time. */
final class TreatmentColumn {
  private TreatmentColumn() {}

  /**
   * @param takesDoses whether the estimator has a meaning for other values than 0 and 1
   */
  static String of(StudyDesign design, String estimator, boolean takesDoses) {
    StudyDesign.Treatment treatment = design.treatment().orElse(null);
    boolean fits =
        treatment instanceof StudyDesign.Exposed
            || takesDoses && treatment instanceof StudyDesign.Dose;
    if (!fits) {
      throw new InvalidInput(
          "The study does not say who was treated",
          estimator
              + " needs a column that is 1 for the treated and 0 for others"
              + (takesDoses ? ", or a dose" : ""),
          "give treatment as exposed" + (takesDoses ? " or dose" : ""));
    }
    return treatment.column();
  }
}
