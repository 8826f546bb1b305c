package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** The difference of two groups' means in its parts, each with its derivative by the estimates. */
final class DecomposedMeans {
  static final String CONSTANT = "constant";

  /** One number of the decomposition. */
  record Part(Estimand estimand, String aggregation, String term, Uncertain amount) {
    private static Part of(String aggregation, String term, Uncertain amount) {
      return new Part(Estimand.CONTRIBUTION, aggregation, term, amount);
    }
  }

  private final List<LevelColumns.Term> terms;
  private final int width;
  private final Uncertain[][] coefficients = new Uncertain[2][];
  private final Uncertain[] reference;
  private final Uncertain[][] means = new Uncertain[2][];
  private final Uncertain nothing;

  /**
   * @param centres of the fitted columns, the group and the outcome
   * @param all the coefficients of both groups and of both together, then both groups' means
   */
  DecomposedMeans(
      LevelColumns levels, double[] centres, Uncertain[] all, Decomposition.Coefficients choice) {
    this.terms = levels.all();
    this.width = levels.fitted().size() + 1;
    this.nothing = all[0].times(0);
    for (int side = 0; side < 2; side++) {
      coefficients[side] = full(Arrays.copyOfRange(all, side * width, (side + 1) * width), centres);
      int start = 3 * width + 1 + side * width;
      means[side] = means(Arrays.copyOfRange(all, start, start + width), centres);
    }
    Uncertain[] pooled = full(Arrays.copyOfRange(all, 2 * width, 3 * width), centres);
    this.reference =
        switch (choice) {
          case POOLED -> pooled;
          case FROM -> coefficients[0];
          case TO -> coefficients[1];
          case AVERAGE -> each(k -> coefficients[0][k].plus(coefficients[1][k]).times(0.5));
        };
  }

  private Uncertain[] each(IntFunction<Uncertain> of) {
    Uncertain[] all = new Uncertain[terms.size() + 1];
    Arrays.setAll(all, of);
    return all;
  }

  // The constant first, as it is where numbers are zero and levels are at their mean.
  private Uncertain[] full(Uncertain[] fitted, double[] centres) {
    double[] constant = new double[width];
    constant[0] = 1;
    for (int i = 1; i < width; i++) {
      constant[i] = -centres[i - 1];
    }
    for (LevelColumns.Term term : terms) {
      if (term.isLevel() && term.position() >= 0) {
        constant[term.position() + 1] += 1.0 / (term.levels().length + 1);
      }
    }
    Uncertain outcome = Uncertain.known(centres[centres.length - 1], fitted[0].gradient().length);
    return each(
        k ->
            k == 0
                ? Uncertain.form(constant, fitted).plus(outcome)
                : Uncertain.form(terms.get(k - 1).coefficient(width), fitted));
  }

  private Uncertain[] means(Uncertain[] ofSide, double[] centres) {
    // The mean of the constant is one, whatever the rows.
    Uncertain one = Uncertain.known(1, ofSide[0].gradient().length);
    Uncertain[] known = ofSide.clone();
    known[0] = one;
    return each(k -> k == 0 ? one : Uncertain.form(terms.get(k - 1).mean(centres, width), known));
  }

  private Uncertain change(int k) {
    return means[1][k].minus(means[0][k]);
  }

  private Uncertain slope(int k) {
    return coefficients[1][k].minus(coefficients[0][k]);
  }

  private Uncertain explained(int k) {
    return change(k).times(reference[k]);
  }

  private Uncertain unexplained(int k) {
    return means[1][k]
        .times(coefficients[1][k].minus(reference[k]))
        .plus(means[0][k].times(reference[k].minus(coefficients[0][k])));
  }

  private Uncertain mean(int side) {
    return sum(k -> means[side][k].times(coefficients[side][k]));
  }

  private Uncertain sum(IntFunction<Uncertain> of) {
    Uncertain sum = nothing;
    for (int k = 0; k <= terms.size(); k++) {
      sum = sum.plus(of.apply(k));
    }
    return sum;
  }

  private List<Part> difference() {
    return List.of(
        new Part(Estimand.MEAN_DIFFERENCE, "overall", "difference", mean(1).minus(mean(0))),
        new Part(Estimand.MEAN, "overall", "from", mean(0)),
        new Part(Estimand.MEAN, "overall", "to", mean(1)));
  }

  List<Part> ofCovariates() {
    List<Part> parts = new ArrayList<>(difference());
    parts.add(Part.of("twofold", "explained", sum(this::explained)));
    parts.add(Part.of("twofold", "unexplained", sum(this::unexplained)));
    IntFunction<Uncertain> endowments = k -> change(k).times(coefficients[0][k]);
    IntFunction<Uncertain> slopes = k -> means[0][k].times(slope(k));
    IntFunction<Uncertain> interaction = k -> change(k).times(slope(k));
    parts.add(Part.of("threefold", "endowments", sum(endowments)));
    parts.add(Part.of("threefold", "coefficients", sum(slopes)));
    parts.add(Part.of("threefold", "interaction", sum(interaction)));
    detail(parts, "explained", this::explained, false);
    detail(parts, "unexplained", this::unexplained, true);
    detail(parts, "endowments", endowments, false);
    detail(parts, "coefficients", slopes, true);
    detail(parts, "interaction", interaction, false);
    return parts;
  }

  // Every covariate, a categorical one as a whole; then its levels.
  private void detail(
      List<Part> parts, String aggregation, IntFunction<Uncertain> of, boolean hasConstant) {
    Map<String, Uncertain> sums = new LinkedHashMap<>();
    for (int k = 1; k <= terms.size(); k++) {
      sums.merge(terms.get(k - 1).variable(), of.apply(k), Uncertain::plus);
    }
    if (hasConstant) {
      sums.put(CONSTANT, of.apply(0));
    }
    sums.forEach((variable, sum) -> parts.add(Part.of(aggregation, variable, sum)));
    levels(parts, aggregation + "_level", of);
  }

  private void levels(List<Part> parts, String aggregation, IntFunction<Uncertain> of) {
    for (int k = 1; k <= terms.size(); k++) {
      if (terms.get(k - 1).isLevel()) {
        parts.add(Part.of(aggregation, terms.get(k - 1).name(), of.apply(k)));
      }
    }
  }

  /** Kitagawa's two components: shares weighed by mean rates, and rates by mean shares. */
  List<Part> ofCells() {
    IntFunction<Uncertain> rate =
        k -> means[0][k].plus(means[1][k]).times(0.5).times(slope(0).plus(slope(k)));
    List<Part> parts = new ArrayList<>(difference());
    parts.add(Part.of("kitagawa", "composition", sum(this::explained)));
    parts.add(Part.of("kitagawa", "rate", sum(this::unexplained)));
    levels(parts, "composition_level", this::explained);
    levels(parts, "rate_level", rate);
    return parts;
  }
}
