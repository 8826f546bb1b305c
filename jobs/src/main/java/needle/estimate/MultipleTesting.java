package needle.estimate;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Many questions at once: how many of the findings may be chance. */
public final class MultipleTesting {
  private MultipleTesting() {}

  /**
   * P-values that may be read each as if it were alone, with one wrong finding at all in twenty
   * families of tests judged at 0.05 (Holm 1979). NaN stays NaN and counts as no test.
   */
  static double[] holm(double[] pValues) {
    double[] corrected = none(pValues.length);
    int[] ascending = tested(pValues, Comparator.comparingDouble(i -> pValues[i]));
    double most = 0;
    for (int place = 0; place < ascending.length; place++) {
      most = Math.max(most, Math.min(1, pValues[ascending[place]] * (ascending.length - place)));
      corrected[ascending[place]] = most;
    }
    return corrected;
  }

  /**
   * The q-values of p-values (Benjamini & Hochberg 1995): acting on all below 0.05 is wrong in at
   * most one finding of twenty, on average. NaN stays NaN and counts as no test.
   */
  public static double[] benjaminiHochberg(double[] pValues) {
    double[] qValues = none(pValues.length);
    int[] descending =
        tested(pValues, Comparator.comparingDouble((Integer i) -> pValues[i]).reversed());
    double least = 1;
    for (int place = 0; place < descending.length; place++) {
      int rank = descending.length - place;
      least = Math.min(least, pValues[descending[place]] * descending.length / rank);
      qValues[descending[place]] = least;
    }
    return qValues;
  }

  private static double[] none(int length) {
    double[] none = new double[length];
    Arrays.fill(none, Double.NaN);
    return none;
  }

  // Where there is a p-value, in that order.
  private static int[] tested(double[] pValues, Comparator<Integer> order) {
    return IntStream.range(0, pValues.length)
        .filter(i -> !Double.isNaN(pValues[i]))
        .boxed()
        .sorted(order)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
