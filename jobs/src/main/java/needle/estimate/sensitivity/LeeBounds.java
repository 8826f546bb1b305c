package needle.estimate.sensitivity;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Bounds on the effect among those whose outcome is seen whether treated or not, where the
 * treatment also decides who is seen, in one direction only (Lee 2009): the side of which more are
 * seen is trimmed by the excess, at its lowest or at its highest outcomes.
 */
public record LeeBounds(double lower, double upper, double lowerError, double upperError) {
  private static final int HALVINGS = 60;

  /** How many there are on a side, and how many of them are seen. */
  public record Side(long units, long seen) {
    public double share() {
      return seen / (double) units;
    }
  }

  /**
   * What is left of the trimmed side.
   *
   * @param edge the outcome beyond which it was trimmed
   */
  public record Kept(double mean, double variance, double edge) {}

  /**
   * @param lowest the trimmed side without its highest outcomes
   * @param highest the trimmed side without its lowest outcomes
   * @param whole the other side
   */
  public static LeeBounds of(
      Side trimmed, Side other, Kept lowest, Kept highest, Kept whole, boolean treatedAreTrimmed) {
    double low = error(trimmed, other, lowest, whole);
    double high = error(trimmed, other, highest, whole);
    return treatedAreTrimmed
        ? new LeeBounds(lowest.mean() - whole.mean(), highest.mean() - whole.mean(), low, high)
        : new LeeBounds(whole.mean() - highest.mean(), whole.mean() - lowest.mean(), high, low);
  }

  // Lee 2009, proposition 3: of the trimmed mean, of the edge, of the excess, and of the other
  // side.
  private static double error(Side trimmed, Side other, Kept kept, Kept whole) {
    double left = other.share() / trimmed.share();
    double distance = kept.edge() - kept.mean();
    double ofExcess =
        (1 - trimmed.share()) / trimmed.seen() + (1 - other.share()) / (double) other.seen();
    return Math.sqrt(
        (kept.variance() + distance * distance * (1 - left)) / (trimmed.seen() * left)
            + distance * distance * ofExcess
            + whole.variance() / other.seen());
  }

  /** Holds the effect, wherever it lies between the bounds (Imbens & Manski 2004). */
  public Interval interval(double alpha) {
    NormalDistribution normal = new NormalDistribution();
    double width = (upper - lower) / Math.max(lowerError, upperError);
    double low = normal.inverseCumulativeProbability(1 - alpha);
    double high = normal.inverseCumulativeProbability(1 - alpha / 2);
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      double covered =
          normal.cumulativeProbability(middle + width) - normal.cumulativeProbability(-middle);
      if (covered < 1 - alpha) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return new Interval(lower - high * lowerError, upper + high * upperError);
  }
}
