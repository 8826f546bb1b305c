package needle.kit;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** A way to ask how far an effect stands when an assumption does not quite hold. */
public enum Sensitivity {
  /** Trends drift apart after treatment by a multiple of the largest step before it. */
  RELATIVE_MAGNITUDES(Sizes.from(0, 0.5, 1, 1.5, 2), "staggered_did"),
  /** Trends drift apart along a line that bends by a multiple of the largest bend before. */
  SMOOTHNESS(Sizes.from(0, 0, 0.5, 1), "staggered_did"),
  /** The effect of a treatment that had not happened yet. */
  PLACEBO_DATES(Sizes.NONE, "staggered_did", "imputation_did", "sun_abraham"),
  /** What share of what is left of treatment and outcome something unseen would have to tell. */
  ROBUSTNESS_VALUE(Sizes.from(0).below(1), "difference_in_means", "ols", "partially_linear"),
  /** How strongly something unseen would have to go with treatment and outcome. */
  E_VALUE(
      Sizes.from(1),
      "difference_in_means",
      "ols",
      "ipw",
      "aipw",
      "tmle",
      "partially_linear",
      "interactive"),
  /** By how much something unseen would have to change the odds of treatment within pairs. */
  ROSENBAUM(Sizes.from(1, 1, 1.5, 2, 3), "difference_in_means"),
  /** The effect on those who are seen either way, when treatment decides who is seen. */
  LEE_BOUNDS(Sizes.NONE, "difference_in_means");

  /**
   * How it is asked.
   *
   * @param at the sizes of the violation at which it is told what can still be said; the usual ones
   *     where there are none
   * @param withstands the violation that a conclusion has to withstand to be a verdict
   * @param excludesZero whether bounds have to exclude zero to leave a verdict
   */
  public record Settings(List<Double> at, OptionalDouble withstands, boolean excludesZero) {
    /** The usual sizes, and nothing that a conclusion has to withstand. */
    public static final Settings USUAL = new Settings(List.of(), OptionalDouble.empty(), false);

    public Settings {
      at = List.copyOf(at);
    }

    /** Whether a conclusion has to withstand anything to be a verdict. */
    public boolean isThreshold() {
      return withstands.isPresent() || excludesZero;
    }

    /** What a conclusion has to withstand, beside the usual sizes. */
    public static Settings withstanding(double violation) {
      return new Settings(List.of(), OptionalDouble.of(violation), false);
    }
  }

  /** How large a violation can be, and at which sizes it is usually tried. */
  private record Sizes(Optional<Double> least, double below, List<Double> usual) {
    static final Sizes NONE = new Sizes(Optional.empty(), 0, List.of());

    static Sizes from(double least, double... usual) {
      return new Sizes(
          Optional.of(least), Double.POSITIVE_INFINITY, Arrays.stream(usual).boxed().toList());
    }

    Sizes below(double bound) {
      return new Sizes(least, bound, usual);
    }
  }

  private final Sizes sizes;
  private final List<String> estimators;

  Sensitivity(Sizes sizes, String... estimators) {
    this.sizes = sizes;
    this.estimators = List.of(estimators);
  }

  /** The one of that name. */
  public static Optional<Sensitivity> of(String word) {
    return Arrays.stream(values()).filter(way -> way.word().equals(word)).findFirst();
  }

  /** The estimators whose effects it can be asked of. */
  public List<String> estimators() {
    return estimators;
  }

  /** Whether it is asked of a treatment of 0 and 1 alone, and not of a dose. */
  public boolean needsTwoSides() {
    return this == E_VALUE || this == ROSENBAUM || this == LEE_BOUNDS;
  }

  /** Whether it tells what can be said at given sizes of the violation. */
  public boolean isTriedAtSizes() {
    return !sizes.usual().isEmpty();
  }

  /** Whether its violation has a size, which a conclusion may have to withstand. */
  public boolean hasSize() {
    return sizes.least().isPresent();
  }

  /** Whether it doubts that there is no effect that matters, too, and not effects alone. */
  public boolean doubtsAbsence() {
    return this == RELATIVE_MAGNITUDES || this == SMOOTHNESS;
  }

  /** Whether a violation can be that large. */
  public boolean canBe(double size) {
    return sizes.least().filter(least -> size >= least).isPresent() && size < sizes.below();
  }

  /** How large a violation can be, in words. */
  public String range() {
    String least = "at least " + sizes.least().orElseThrow();
    return Double.isFinite(sizes.below()) ? least + " and below " + sizes.below() : least;
  }

  /** The sizes at which it is tried. */
  public List<Double> sizes(Settings settings) {
    return settings.at().isEmpty() ? sizes.usual() : settings.at();
  }

  /** As it stands in a study file and in a table. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
