package needle.estimate;

import java.io.Serializable;

/**
 * Who was trained at all, beside the covariates and, of the trained, functions of the dose: the
 * spline without its constant, and the powers of which one is to be normal.
 */
record DoseVectors(DoseSpline spline, int covariates) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Powers of the dose, as by Box & Cox (1964); 0 is the logarithm. */
  private static final double[] POWERS = {0, 0.5, 1};

  static int powers() {
    return POWERS.length;
  }

  static double power(int which) {
    return POWERS[which];
  }

  static double powered(int which, double dose) {
    double power = POWERS[which];
    return power == 0 ? Math.log(dose) : (Math.pow(dose, power) - 1) / power;
  }

  /** How many numbers stand for covariates in an extended subject. */
  int width() {
    return covariates + spline.size() - 1 + POWERS.length;
  }

  /** Where a power stands in the centred vector of an extended subject, behind its constant. */
  int column(int power) {
    return covariates + spline.size() + power;
  }

  /** The subject with its functions of the dose; its treatment is whether there was any. */
  Subject extended(Subject subject) {
    double[] vector = new double[width()];
    System.arraycopy(subject.covariates(), 0, vector, 0, covariates);
    double dose = subject.treatment();
    if (dose > 0) {
      System.arraycopy(spline.at(dose), 1, vector, covariates, spline.size() - 1);
      for (int i = 0; i < POWERS.length; i++) {
        vector[column(i) - 1] = powered(i, dose);
      }
    }
    return with(subject, vector);
  }

  /** The subject with its covariates alone. */
  static Subject trainedOrNot(Subject subject) {
    return with(subject, subject.covariates());
  }

  private static Subject with(Subject subject, double[] vector) {
    return new Subject(
        subject.bucket(),
        subject.cluster(),
        subject.fold(),
        subject.outcome(),
        subject.treatment() > 0 ? 1 : 0,
        vector);
  }
}
