package needle.estimate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/** The times at which something happens, and which of them somebody was at risk at. */
record EventTimes(double[] times) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** And a horizon, at which nothing need happen. */
  static EventTimes upTo(double horizon, double[] times) {
    return new EventTimes(
        DoubleStream.concat(DoubleStream.of(horizon), DoubleStream.of(times))
            .distinct()
            .sorted()
            .toArray());
  }

  int size() {
    return times.length;
  }

  /** The first time after the beginning. */
  int first(double begin) {
    int at = Arrays.binarySearch(times, begin);
    return at >= 0 ? at + 1 : -at - 1;
  }

  /** The last time up to the end; that of the event, where there is one. */
  int last(double end) {
    int at = Arrays.binarySearch(times, end);
    return at >= 0 ? at : -at - 2;
  }

  /**
   * Sums over those at risk, from what left at each time and what had not yet entered before it.
   * Added from the end, where few are left, so that nothing cancels there.
   */
  static double[] atRisk(double[] last, double[] first) {
    double[] atRisk = new double[last.length];
    double sum = 0;
    for (int j = last.length - 1; j >= 0; j--) {
      sum += last[j];
      atRisk[j] = sum;
      sum -= first[j];
    }
    return atRisk;
  }
}
