package needle.estimate;

import java.io.Serializable;

/**
 * What the numbers of a unit's rows are.
 *
 * @param isExposed whether treatment is told by an exposure, else by its first period
 * @param isWeighted whether the last of them is a sampling weight
 * @param grain of their periods
 */
record UnitColumns(int covariates, boolean isExposed, boolean isWeighted, Grain grain)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  static UnitColumns of(StudyDesign design) {
    return new UnitColumns(
        design.covariates().size(),
        design.treatment().filter(StudyDesign.Exposed.class::isInstance).isPresent(),
        design.sampling().isWeighted(),
        design.grain());
  }

  /** How many numbers a row has. */
  int width() {
    return UnitRows.COVARIATES + covariates + (isWeighted ? 1 : 0);
  }
}
