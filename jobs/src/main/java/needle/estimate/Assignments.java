package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.apache.commons.math3.util.CombinatoricsUtils;

/**
 * Ways to deal the adoption dates of a study out to its clusters again.
 *
 * @param all per assignment, the label of every cluster
 * @param isComplete whether these are all there are, the observed one among them; else they are
 *     drawn
 */
record Assignments(List<int[]> all, boolean isComplete) {
  /** As many are all tried, or so many are drawn. */
  static final int MOST = 9_999;

  static Assignments of(int[] observed, long seed) {
    int[] sorted = observed.clone();
    Arrays.sort(sorted);
    if (count(sorted) > MOST) {
      return new Assignments(drawn(observed, seed), false);
    }
    List<int[]> all = new ArrayList<>();
    do {
      all.add(sorted.clone());
    } while (next(sorted));
    return new Assignments(all, true);
  }

  // A multinomial coefficient: whom the first label falls to, then the second among the rest.
  private static double count(int[] sorted) {
    double logarithm = CombinatoricsUtils.factorialLog(sorted.length);
    int from = 0;
    for (int i = 1; i <= sorted.length; i++) {
      if (i == sorted.length || sorted[i] != sorted[from]) {
        logarithm -= CombinatoricsUtils.factorialLog(i - from);
        from = i;
      }
    }
    return Math.rint(Math.exp(Math.min(logarithm, 100)));
  }

  // The next arrangement in the order of a dictionary, each of them once.
  private static boolean next(int[] labels) {
    int i = labels.length - 2;
    while (i >= 0 && labels[i] >= labels[i + 1]) {
      i--;
    }
    if (i < 0) {
      return false;
    }
    int j = labels.length - 1;
    while (labels[j] <= labels[i]) {
      j--;
    }
    swap(labels, i, j);
    for (int a = i + 1, b = labels.length - 1; a < b; a++, b--) {
      swap(labels, a, b);
    }
    return true;
  }

  private static List<int[]> drawn(int[] observed, long seed) {
    RandomGenerator random = new Well19937c(seed);
    List<int[]> drawn = new ArrayList<>();
    for (int d = 0; d < MOST; d++) {
      int[] labels = observed.clone();
      for (int i = labels.length - 1; i > 0; i--) {
        swap(labels, i, random.nextInt(i + 1));
      }
      drawn.add(labels);
    }
    return drawn;
  }

  private static void swap(int[] labels, int i, int j) {
    int held = labels[i];
    labels[i] = labels[j];
    labels[j] = held;
  }

  String words() {
    return isComplete
        ? "all " + all.size() + " ways to deal the adoption dates out to the clusters"
        : all.size() + " random ways to deal the adoption dates out to the clusters";
  }
}
