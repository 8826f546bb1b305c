package needle.estimate.sensitivity;

/** From low to high; without any value where low lies above high. */
public record Interval(double low, double high) {
  static final Interval NOTHING = new Interval(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);

  public boolean holds(double value) {
    return low <= value && value <= high;
  }

  /** Whether no value fits. */
  public boolean isEmpty() {
    return low > high;
  }

  /** Whether all values, of which there are some, lie between the margin and its opposite. */
  public boolean liesWithin(double margin) {
    return !isEmpty() && low > -margin && high < margin;
  }

  Interval and(Interval other) {
    return new Interval(Math.min(low, other.low), Math.max(high, other.high));
  }
}
