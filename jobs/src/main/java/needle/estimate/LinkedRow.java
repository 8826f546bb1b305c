package needle.estimate;

import java.io.Serializable;

/**
 * The regressors of a row in a generalised linear model: a constant, the covariates and the
 * treatment, all but the constant less their means. A row's size, how many trials or how much
 * exposure it has, is read behind the covariates.
 *
 * @param means of covariates, size where there is one, treatment and outcome
 */
record LinkedRow(OutcomeFamily family, boolean isSized, double[] means) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How many regressors there are. */
  int width() {
    return means.length - (isSized ? 1 : 0);
  }

  double size(Subject subject) {
    return isSized ? subject.covariates()[subject.covariates().length - 1] : 1;
  }

  /** Writes the regressors of a row. */
  void write(Subject subject, double[] into) {
    int covariates = into.length - 2;
    into[0] = 1;
    for (int i = 0; i < covariates; i++) {
      into[i + 1] = subject.covariates()[i] - means[i];
    }
    into[covariates + 1] = treatment(subject.treatment());
  }

  /** A treatment as it stands among the regressors. */
  double treatment(double value) {
    return value - means[means.length - 2];
  }

  /** The mean outcome by trial, or by unit of exposure. */
  double meanOutcome() {
    return means[means.length - 1] / (isSized ? means[means.length - 3] : 1);
  }
}
