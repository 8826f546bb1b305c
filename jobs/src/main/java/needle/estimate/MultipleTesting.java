package needle.estimate;

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
    double[] corrected = new double[pValues.length];
    java.util.Arrays.fill(corrected, Double.NaN);
    int[] ascending =
        IntStream.range(0, pValues.length)
            .filter(i -> !Double.isNaN(pValues[i]))
            .boxed()
            .sorted(Comparator.comparingDouble(i -> pValues[i]))
            .mapToInt(Integer::intValue)
            .toArray();
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
    double[] qValues = new double[pValues.length];
    java.util.Arrays.fill(qValues, Double.NaN);
    int[] descending =
        IntStream.range(0, pValues.length)
            .filter(i -> !Double.isNaN(pValues[i]))
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> pValues[i]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    double least = 1;
    for (int place = 0; place < descending.length; place++) {
      int rank = descending.length - place;
      least = Math.min(least, pValues[descending[place]] * descending.length / rank);
      qValues[descending[place]] = least;
    }
    return qValues;
  }
}
