package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which terms the data tell apart. A term that the earlier ones already make up is left out. Where
 * it is a program's own, the programs that make it up are told as one: whatever is added to one and
 * taken from the others changes no effect that was seen, so only their sum is determined.
 *
 * @param kept the terms that are estimated
 * @param groups of programs, as bits, that are told as one; most have a single program
 * @param aliased interactions that nothing tells from the programs' own effects
 */
record IdentifiedTerms(int[] kept, List<Long> groups, List<Long> aliased) {
  private static final double NOTHING = 1e-9;
  private static final double ZERO = 1e-6;

  /**
   * @param products of the terms, row by row
   */
  static IdentifiedTerms of(ProgramTerms terms, double[] products) {
    int size = terms.size();
    double[][] swept = new double[size][];
    for (int i = 0; i < size; i++) {
      swept[i] = Arrays.copyOfRange(products, i * size, (i + 1) * size);
    }
    List<Integer> kept = new ArrayList<>();
    List<Long> aliased = new ArrayList<>();
    int[] leader = new int[terms.programs()];
    Arrays.setAll(leader, p -> p);
    for (int k = 0; k < size; k++) {
      if (swept[k][k] > NOTHING * products[k * size + k]) {
        sweep(swept, k);
        kept.add(k);
      } else if (k >= terms.own()) {
        aliased.add(terms.sets()[k - terms.own()]);
      } else {
        for (int other : kept) {
          // The coefficient of the earlier term in the one that is left out.
          if (Math.abs(swept[other][k]) > ZERO) {
            join(leader, terms.programOf(k), terms.programOf(other));
          }
        }
      }
    }
    return new IdentifiedTerms(
        kept.stream().mapToInt(Integer::intValue).toArray(), groups(leader), aliased);
  }

  // Gauss-Jordan, in place: afterwards row k has the coefficients of regressions on column k.
  private static void sweep(double[][] matrix, int k) {
    double pivot = matrix[k][k];
    for (int j = 0; j < matrix.length; j++) {
      matrix[k][j] /= pivot;
    }
    for (int i = 0; i < matrix.length; i++) {
      double factor = matrix[i][k];
      if (i != k && factor != 0) {
        for (int j = 0; j < matrix.length; j++) {
          matrix[i][j] -= factor * matrix[k][j];
        }
      }
    }
  }

  private static void join(int[] leader, int one, int other) {
    int from = Math.max(leader[one], leader[other]);
    int to = Math.min(leader[one], leader[other]);
    for (int p = 0; p < leader.length; p++) {
      leader[p] = leader[p] == from ? to : leader[p];
    }
  }

  private static List<Long> groups(int[] leader) {
    List<Long> groups = new ArrayList<>();
    for (int p = 0; p < leader.length; p++) {
      long set = 0;
      for (int q = 0; q < leader.length; q++) {
        set |= leader[q] == p ? 1L << q : 0;
      }
      if (set != 0) {
        groups.add(set);
      }
    }
    return groups;
  }
}
