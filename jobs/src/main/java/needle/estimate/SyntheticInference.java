package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import needle.estimate.SyntheticStudy.Estimate;
import needle.kit.InvalidInput;
import org.apache.commons.math3.util.CombinatoricsUtils;

/**
 * How far estimates with synthetic controls scatter, by estimating again: with controls in the
 * place of the treated, without each unit in turn, or with units drawn anew (Arkhangelsky et al.
 * 2021, algorithms 4, 3 and 2).
 */
final class SyntheticInference {
  /** How estimates are repeated. */
  enum How {
    PLACEBO,
    JACKKNIFE,
    BOOTSTRAP
  }

  /** As many choices of controls are all tried, or so many are drawn. */
  static final int REPETITIONS = 500;

  // To tell how well controls in the place of the treated are fitted, less will do.
  private static final int COMPARED = 100;

  private final int[] controls;
  private final int[][] treated;
  private final long seed;

  SyntheticInference(SitePanel panel, long seed) {
    this.controls = panel.controls();
    this.treated = panel.treated().values().toArray(int[][]::new);
    this.seed = seed;
  }

  Estimate estimate(SyntheticStudy study) {
    return study.estimate(controls, treated);
  }

  List<Estimate> repeated(SyntheticStudy study, How how, Estimate real) {
    return switch (how) {
      case PLACEBO -> placebos(study, REPETITIONS);
      case JACKKNIFE -> jackknife(study, real);
      case BOOTSTRAP -> bootstrap(study);
    };
  }

  /** By what the mean squared deviation of the repetitions is multiplied to give the variance. */
  double scale(How how) {
    return how == How.JACKKNIFE ? controls.length + treatedUnits() - 1.0 : 1;
  }

  /** Of the t distribution: one less than the units whose noise tells how far estimates scatter. */
  double degreesOfFreedom(How how) {
    return (how == How.PLACEBO ? controls.length : treatedUnits()) - 1.0;
  }

  private int treatedUnits() {
    return Arrays.stream(treated).mapToInt(t -> t.length).sum();
  }

  boolean hasPlacebos() {
    return controls.length > treatedUnits();
  }

  /** Controls in the place of the treated, to compare their fit with. */
  List<Estimate> compared(SyntheticStudy study) {
    return placebos(study, COMPARED);
  }

  // Controls that play the treated, beside the other controls; all choices where they are few.
  private List<Estimate> placebos(SyntheticStudy study, int most) {
    int needed = treatedUnits();
    if (!hasPlacebos()) {
      throw new InvalidInput(
          "There are too few controls for placebos",
          controls.length
              + " controls cannot stand for "
              + needed
              + " treated units and be controls",
          "add controls, or choose inference: jackknife or bootstrap");
    }
    boolean isSmall =
        treated.length == 1
            && CombinatoricsUtils.binomialCoefficientDouble(controls.length, needed) <= most;
    List<int[]> choices = isSmall ? allChoices(needed) : drawnChoices(needed, most);
    return parallel(
        choices.stream()
            .map(
                chosen ->
                    () -> {
                      int[] others =
                          IntStream.range(0, controls.length)
                              .filter(i -> Arrays.stream(chosen).noneMatch(c -> c == i))
                              .map(i -> controls[i])
                              .toArray();
                      return study.estimate(others, cohorts(chosen));
                    }));
  }

  private int[][] cohorts(int[] chosen) {
    int[][] placebos = new int[treated.length][];
    int used = 0;
    for (int c = 0; c < placebos.length; c++) {
      placebos[c] =
          Arrays.stream(chosen, used, used + treated[c].length).map(i -> controls[i]).toArray();
      used += treated[c].length;
    }
    return placebos;
  }

  private List<int[]> allChoices(int needed) {
    List<int[]> all = new ArrayList<>();
    Iterator<int[]> choices = CombinatoricsUtils.combinationsIterator(controls.length, needed);
    choices.forEachRemaining(all::add);
    return all;
  }

  private List<int[]> drawnChoices(int needed, int count) {
    Random random = new Random(seed);
    List<int[]> drawn = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      int[] order = IntStream.range(0, controls.length).toArray();
      for (int i = 0; i < needed; i++) {
        int other = i + random.nextInt(order.length - i);
        int held = order[i];
        order[i] = order[other];
        order[other] = held;
      }
      drawn.add(Arrays.copyOf(order, needed));
    }
    return drawn;
  }

  private List<Estimate> bootstrap(SyntheticStudy study) {
    requireSeveralTreated("bootstrap");
    Random random = new Random(seed);
    int units = controls.length + treatedUnits();
    List<java.util.function.Supplier<Estimate>> draws = new ArrayList<>();
    while (draws.size() < REPETITIONS) {
      int[] drawn = random.ints(units, 0, units).sorted().toArray();
      int[] drawnControls =
          Arrays.stream(drawn).filter(i -> i < controls.length).map(i -> controls[i]).toArray();
      if (drawnControls.length == 0 || drawnControls.length == units) {
        continue;
      }
      int[][] drawnTreated = new int[treated.length][];
      int first = controls.length;
      for (int c = 0; c < treated.length; c++) {
        int from = first;
        int[] cohort = treated[c];
        drawnTreated[c] =
            Arrays.stream(drawn)
                .filter(i -> from <= i && i < from + cohort.length)
                .map(i -> cohort[i - from])
                .toArray();
        first += cohort.length;
      }
      draws.add(() -> study.estimate(drawnControls, drawnTreated));
    }
    return parallel(draws.stream());
  }

  // Weights stay as they are; those of the controls that are left are scaled to sum to one.
  private List<Estimate> jackknife(SyntheticStudy study, Estimate real) {
    requireSeveralTreated("jackknife");
    double[][] units = Arrays.stream(real.fits()).map(SyntheticFit::units).toArray(double[][]::new);
    double[][] periods =
        Arrays.stream(real.fits()).map(SyntheticFit::periods).toArray(double[][]::new);
    List<Estimate> all = new ArrayList<>();
    for (int i = 0; i < controls.length; i++) {
      double[][] left = new double[units.length][];
      for (int c = 0; c < left.length; c++) {
        left[c] = without(units[c], i);
        double sum = Arrays.stream(left[c]).sum();
        if (!(sum > 0)) {
          throw new InvalidInput(
              "The jackknife leaves a cohort without controls",
              "one control has all the weight",
              "choose inference: placebo");
        }
        left[c] = Arrays.stream(left[c]).map(w -> w / sum).toArray();
      }
      all.add(study.weighted(without(controls, i), treated, left, periods));
    }
    for (int c = 0; c < treated.length; c++) {
      for (int i = 0; i < treated[c].length; i++) {
        int[][] left = treated.clone();
        left[c] = without(treated[c], i);
        all.add(study.weighted(controls, left, units, periods));
      }
    }
    return all;
  }

  private void requireSeveralTreated(String how) {
    boolean isBootstrap = how.equals("bootstrap");
    int fewest =
        isBootstrap
            ? treatedUnits()
            : Arrays.stream(treated).mapToInt(t -> t.length).min().orElseThrow();
    if (fewest < 2) {
      throw new InvalidInput(
          "One treated unit does not tell how far treated units scatter",
          (isBootstrap ? "one unit was treated" : "a cohort has one treated unit")
              + ", and the study asks for the "
              + how,
          "choose inference: placebo");
    }
  }

  // Every estimate is one of its own, so they come out the same in any order.
  private static List<Estimate> parallel(Stream<java.util.function.Supplier<Estimate>> draws) {
    return draws.toList().parallelStream().map(java.util.function.Supplier::get).toList();
  }

  private static int[] without(int[] values, int position) {
    return IntStream.range(0, values.length)
        .filter(i -> i != position)
        .map(i -> values[i])
        .toArray();
  }

  private static double[] without(double[] values, int position) {
    return IntStream.range(0, values.length)
        .filter(i -> i != position)
        .mapToDouble(i -> values[i])
        .toArray();
  }
}
