package needle.estimate;

import java.io.Serializable;

/**
 * A restricted cubic spline of a dose: smooth, and a line beyond the outer knots, where there are
 * few people to tell more from (Stone & Koo 1985; Harrell 2015, section 2.4.5). A constant, a line,
 * then what bends it; two knots are a line.
 */
record DoseSpline(double[] knots) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How many functions of the dose it adds up, the constant first. */
  int size() {
    return knots.length;
  }

  double[] at(double dose) {
    return of(dose, 3);
  }

  /** The derivatives. */
  double[] slopeAt(double dose) {
    return of(dose, 2);
  }

  // The derivative of a cube is three squares.
  private double[] of(double dose, int degree) {
    int last = knots.length - 1;
    double span = knots[last] - knots[0];
    double end = knots[last] - knots[last - 1];
    double[] values = new double[knots.length];
    values[0] = degree == 3 ? 1 : 0;
    values[1] = degree == 3 ? (dose - knots[0]) / span : 1 / span;
    for (int j = 0; j < last - 1; j++) {
      double bend =
          above(dose, j, degree)
              - above(dose, last - 1, degree) * (knots[last] - knots[j]) / end
              + above(dose, last, degree) * (knots[last - 1] - knots[j]) / end;
      values[j + 2] = (degree == 3 ? bend : 3 * bend) / (span * span * span);
    }
    return values;
  }

  private double above(double dose, int knot, int degree) {
    double beyond = Math.max(0, dose - knots[knot]);
    return degree == 3 ? beyond * beyond * beyond : beyond * beyond;
  }
}
