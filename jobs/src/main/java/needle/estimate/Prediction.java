package needle.estimate;

import java.io.Serializable;

/** What is predicted of the subjects of a fold. */
interface Prediction extends Serializable {
  /**
   * @param z a constant, then the centred covariates, treatment and outcome
   */
  double of(int fold, double[] z);
}
