package needle.pipelines.assess.design;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * The truths that designs claim, against naive figures of large draws, which need no estimator
 * where the effect alone moves something or treatment goes with nothing.
 */
class DesignTruthTest {
  private static final int PANELS = 400;

  /** The mean over drawn panels, and its standard error, of what is computed from each. */
  private record Mean(double value, double error) {}

  private record Panel(Sample sample) {
    double mean(String filter, Object is, String column) {
      return mean(r -> is.equals(cell(r, filter)), column);
    }

    double mean(java.util.function.Predicate<Row> which, String column) {
      return sample.rows().stream()
          .filter(which)
          .mapToDouble(r -> number(r, column))
          .average()
          .orElse(Double.NaN);
    }

    Object cell(Row row, String column) {
      return row.get(sample.schema().fieldIndex(column));
    }

    double number(Row row, String column) {
      return ((Number) cell(row, column)).doubleValue();
    }
  }

  private static Mean over(Design design, ToDoubleFunction<Panel> figure) {
    List<Double> values = new ArrayList<>();
    for (long seed = 1; seed <= PANELS; seed++) {
      double value = figure.applyAsDouble(new Panel(design.draw(new SplittableRandom(seed))));
      if (!Double.isNaN(value)) {
        values.add(value);
      }
    }
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return new Mean(mean, Math.sqrt(squares / (values.size() - 1.0) / values.size()));
  }

  private static void isTrue(Design design, int truth, ToDoubleFunction<Panel> figure) {
    double claimed = design.draw(new SplittableRandom(1)).truths().get(truth).value();
    Mean drawn = over(design, figure);
    assertThat(drawn.error()).isLessThan(Math.max(0.05, Math.abs(claimed) / 10));
    assertThat(drawn.value()).as(design.toString()).isCloseTo(claimed, within(4 * drawn.error()));
  }

  private static double contrast(Panel panel, String column) {
    return panel.mean("trained", 1, column) - panel.mean("trained", 0, column);
  }

  /** Of a cohort, what it gained from its base period on beyond the never trained. */
  private static double gained(Panel panel, int cohort) {
    double sum = 0;
    for (int t = cohort; t <= 7; t++) {
      sum += change(panel, cohort, t) - change(panel, null, t, cohort);
    }
    return sum / (8 - cohort);
  }

  private static double change(Panel panel, Integer cohort, int t) {
    return change(panel, cohort, t, cohort);
  }

  private static double change(Panel panel, Integer cohort, int t, int base) {
    return at(panel, cohort, t) - at(panel, cohort, base - 1);
  }

  private static double at(Panel panel, Integer cohort, int t) {
    return panel.mean(
        r ->
            java.util.Objects.equals(cohort, panel.cell(r, "adopted"))
                && panel.number(r, "period") == t,
        "y");
  }

  @Test
  void rollOuts() {
    RollOut drawn = RollOut.asked("estimator: staggered_did, nuisance: none");
    isTrue(drawn, 0, p -> (gained(p, 4) + gained(p, 6)) / 2);
    isTrue(drawn.without(), 0, p -> (gained(p, 4) + gained(p, 6)) / 2);
    RollOut permuted = RollOut.asked("estimator: staggered_did, inference: permutation");
    isTrue(permuted.in(12), 0, p -> (gained(p, 4) + gained(p, 6)) / 2);
    RollOut imputed = RollOut.asked("estimator: imputation_did");
    isTrue(imputed, 0, p -> (4 * gained(p, 4) + 2 * gained(p, 6)) / 6);
  }

  @Test
  void crossSections() {
    isTrue(Exposure.asked("estimator: difference_in_means").apart(0), 0, p -> contrast(p, "y"));
    // The covariate moves the outcome by one unit each, so its gap adds to the effect on the
    // trained.
    isTrue(
        Exposure.asked("estimator: ipw, estimand: att"),
        0,
        p -> contrast(p, "y") - contrast(p, "x"));
    isTrue(
        new Exposure("estimator: heterogeneity", 1, 0, 100, false),
        1,
        p -> p.mean(r -> isOf(p, r, 1), "y") - p.mean(r -> isOf(p, r, 0), "y"));
  }

  private static boolean isOf(Panel panel, Row row, int trained) {
    return "clerk".equals(panel.cell(row, "job")) && panel.number(row, "trained") == trained;
  }

  /**
   * Of each panel its own truth: sizes and outcomes weighted by the odds of being trained, which
   * are logistic in the covariate with the gap for slope, know nothing of the mean's form.
   */
  @Test
  void linkedMeans() {
    for (boolean isOfCounts : new boolean[] {true, false}) {
      for (double gap : new double[] {0, 1}) {
        Linked design = Linked.asked(isOfCounts).apart(gap);
        Mean missed = over(design, p -> weighted(p, gap) - p.sample().truths().get(0).value());
        assertThat(missed.error()).isLessThan(0.02);
        assertThat(missed.value()).as(design.toString()).isCloseTo(0, within(4 * missed.error()));
      }
      assertThat(Linked.asked(isOfCounts).without().draw(new SplittableRandom(1)).truths())
          .allSatisfy(t -> assertThat(t.value()).isZero());
    }
  }

  private static double weighted(Panel panel, double gap) {
    double[] outcomes = new double[2];
    double[] sizes = new double[2];
    for (Row row : panel.sample().rows()) {
      int side = (int) panel.number(row, "trained");
      double odds = Math.exp(gap * panel.number(row, "x"));
      double weight = 1 + (side == 1 ? 1 / odds : odds);
      outcomes[side] += weight * panel.number(row, "y");
      sizes[side] += weight * panel.number(row, "size");
    }
    return outcomes[1] / sizes[1] - outcomes[0] / sizes[0];
  }

  @Test
  void doses() {
    // Without training the outcome's mean is that of the covariate.
    isTrue(
        Doses.asked(),
        0,
        p ->
            p.mean(r -> p.number(r, "hours") > 0, "y")
                - p.mean(r -> p.number(r, "hours") > 0, "x"));
  }

  /** Of clerks, what an hour goes with when what the covariate does is taken off. */
  @Test
  void slopes() {
    isTrue(Slopes.asked(), 1, DesignTruthTest::perHourOfClerks);
  }

  private static double perHourOfClerks(Panel panel) {
    List<Row> clerks =
        panel.sample().rows().stream().filter(r -> "clerk".equals(panel.cell(r, "job"))).toList();
    double mean = panel.mean("job", "clerk", "hours");
    double products = 0;
    double squares = 0;
    for (Row clerk : clerks) {
      double hours = panel.number(clerk, "hours");
      double x = panel.number(clerk, "x");
      products += (hours - mean) * (panel.number(clerk, "y") - x - Slopes.BY_COVARIATE * x * hours);
      squares += (hours - mean) * (hours - mean);
    }
    return products / squares;
  }

  @Test
  void compositions() {
    isTrue(
        new Composition(false), 0, p -> 2 * (p.mean("half", "b", "x") - p.mean("half", "a", "x")));
    Design cells = new Composition(true);
    isTrue(cells, 1, p -> rate(p, "clerk"));
    isTrue(cells, 1, p -> rate(p, "seller"));
    double whole =
        cells.draw(new SplittableRandom(1)).truths().stream().mapToDouble(Truth::value).sum();
    Mean drawn = over(cells, p -> p.mean("half", "b", "y") - p.mean("half", "a", "y"));
    assertThat(drawn.value()).isCloseTo(whole, within(4 * drawn.error()));
  }

  private static double rate(Panel p, String job) {
    return p.mean(r -> "b".equals(p.cell(r, "half")) && job.equals(p.cell(r, "job")), "y")
        - p.mean(r -> "a".equals(p.cell(r, "half")) && job.equals(p.cell(r, "job")), "y");
  }

  @Test
  void programs() {
    Design design = new Programs();
    isTrue(
        design,
        3,
        p ->
            p.mean(r -> p.number(r, "period") >= 7, "y")
                - p.mean(r -> p.number(r, "period") <= 2, "y"));
  }

  @Test
  void pathways() {
    // The covariate adds 0.3 by itself and 0.5 (0.6 + 0.3 / 2) by way of calls, half a unit apart.
    isTrue(new Pathway(), 2, p -> contrast(p, "y") - (0.3 + 0.5 * 0.75) * contrast(p, "x"));
  }

  @Test
  void sitesAndSeries() {
    isTrue(
        FewSites.asked("jackknife", 12, 24),
        0,
        p -> {
          double gap = 0;
          for (Integer cohort : new Integer[] {13, null}) {
            double change = 0;
            for (int t = 1; t <= 18; t++) {
              change += at(p, cohort, t) * (t >= 13 ? 1 / 6.0 : -1 / 12.0);
            }
            gap += cohort == null ? -change : change;
          }
          return gap;
        });
    // What the line without treatment leaves; the mean level is 11, its slope 0.05.
    isTrue(
        new OneSeries(1), 0, p -> p.mean(r -> p.number(r, "period") > 40, "y") - 11 - 0.05 * 50.5);
  }

  @Test
  void durations() {
    // With no gap in the covariate, and without those lost: their following ended at random.
    for (boolean hasCauses : new boolean[] {false, true}) {
      Careers design = Careers.asked(hasCauses, "ate").apart(0);
      isTrue(design, 0, p -> curve(p, hasCauses, 1) - curve(p, hasCauses, 0));
    }
  }

  // Kaplan & Meier's, or Aalen & Johansen's, to 12 months on exact times.
  private static double curve(Panel panel, boolean hasCauses, int side) {
    List<Row> rows =
        panel.sample().rows().stream()
            .filter(r -> panel.number(r, "trained") == side)
            .sorted(java.util.Comparator.comparingDouble(r -> panel.number(r, "months")))
            .toList();
    double stays = 1;
    double area = 0;
    double left = 0;
    double before = 0;
    for (int i = 0; i < rows.size() && panel.number(rows.get(i), "months") <= 12; i++) {
      double now = panel.number(rows.get(i), "months");
      double event = panel.number(rows.get(i), "event");
      area += stays * (now - before);
      before = now;
      left += event == 1 ? stays / (rows.size() - i) : 0;
      stays *= event > 0 ? 1 - 1.0 / (rows.size() - i) : 1;
    }
    return hasCauses ? left : area + stays * (12 - before);
  }
}
