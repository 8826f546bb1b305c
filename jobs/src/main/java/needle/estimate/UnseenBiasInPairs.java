package needle.estimate;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.sensitivity.SignedRanks;
import needle.kit.InvalidInput;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Rosenbaum's bounds (2002) for pairs of a treated and an untreated unit that are alike in what was
 * seen: by what factor Γ something unseen would have to change the odds of being the treated one to
 * explain the difference away. Pairs that are not one of each are left out, and counted.
 */
public final class UnseenBiasInPairs implements SensitivityAnalysis {
  /** Below it, the normal approximation of the ranks' sum is poor. */
  static final long FEWEST_PAIRS = 10;

  private final String pairs;
  private final Settings settings;

  /**
   * @param pairs the column that tells which units belong together
   * @param settings at which factors it is told what can be said, and which a conclusion has to
   *     withstand
   */
  public UnseenBiasInPairs(String pairs, Settings settings) {
    this.pairs = pairs;
    this.settings = settings;
  }

  @Override
  public List<Diagnostic> of(EffectEstimate estimate, Dataset<Row> panel, StudyDesign design) {
    String treatment = TreatmentColumn.of(design, Sensitivity.ROSENBAUM.word(), false);
    PanelColumns.check(panel.schema(), design, List.of(), Optional.of(pairs));
    requireIndependentPairs(design);
    Column isTreated = col(treatment).cast("double").equalTo(1);
    Column outcome = col(design.outcome()).cast("double");
    Dataset<Row> differences =
        panel
            .where(PanelColumns.isFinite(outcome))
            .where(col(pairs).isNotNull().and(col(treatment).isNotNull()))
            .groupBy(pairs)
            .agg(
                count(lit(1)).as("units"),
                count(when(isTreated, 1)).as("treated"),
                max(when(isTreated, outcome)).as("with"),
                max(when(isTreated, null).otherwise(outcome)).as("without"))
            .withColumn("whole", col("units").equalTo(2).and(col("treated").equalTo(1)))
            .withColumn("difference", col("with").minus(col("without")));
    Column differs = col("whole").and(col("difference").notEqual(0));
    Row counts =
        differences
            .agg(
                count(when(col("whole"), 1)),
                count(when(col("whole"), null).otherwise(1)),
                count(when(differs, 1)))
            .first();
    if (counts.getLong(2) < FEWEST_PAIRS) {
      throw new InvalidInput(
          "There are too few pairs for bounds on what is unseen",
          "the column "
              + pairs
              + " joins one treated and one untreated unit in "
              + counts.getLong(0)
              + " cases, of which "
              + counts.getLong(2)
              + " differ, and at least "
              + FEWEST_PAIRS
              + " are needed",
          "give each pair its own value, or leave rosenbaum out of sensitivity");
    }
    Ranks ranks = Ranks.of(differences.where(col("whole")));
    return told(
        ranks,
        counts,
        design.alpha(),
        new Withstanding(Sensitivity.ROSENBAUM, settings, Conclusion.of(estimate, design)));
  }

  private void requireIndependentPairs(StudyDesign design) {
    if (!design.isClusteredByUnit() && !design.clusters().equals(List.of(pairs))) {
      throw new InvalidInput(
          "Rosenbaum's bounds are for independent pairs only",
          "the study clusters by " + design.cluster().orElseThrow() + ", which may hold several",
          "leave rosenbaum out of sensitivity, or cluster by " + pairs);
    }
  }

  private List<Diagnostic> told(Ranks ranks, Row counts, double alpha, Withstanding withstanding) {
    SignedRanks signed = ranks.inTheirDirection();
    double breakdown = signed.breakdown(alpha / 2);
    List<Diagnostic> found = new ArrayList<>();
    found.add(
        diagnostic(
            "breakdown",
            breakdown,
            signed.pValue(1),
            breakdown > 1
                ? String.format(
                    Locale.ROOT,
                    "Something unseen would have to change the odds of treatment within pairs by a"
                        + " factor of %.2f to explain the difference away.",
                    breakdown)
                : "Nothing unseen is needed: chance may explain the difference within pairs."));
    found.addAll(withstanding.ofEffect(breakdown));
    found.add(
        diagnostic(
            "pairs",
            counts.getLong(0),
            Double.NaN,
            counts.getLong(0)
                + " pairs of a treated and an untreated unit; "
                + counts.getLong(1)
                + " other groups were left out."));
    for (double factor : Sensitivity.ROSENBAUM.sizes(settings)) {
      found.add(
          diagnostic(
              "p_at_" + factor,
              signed.pValue(factor),
              signed.pValue(factor),
              "The largest one-sided p-value if the odds of treatment differ within pairs by up to a"
                  + " factor of "
                  + factor
                  + "."));
    }
    return found;
  }

  private static Diagnostic diagnostic(
      String statistic, double value, double pValue, String message) {
    return new Diagnostic(
        Sensitivity.ROSENBAUM.word(), statistic, value, pValue, Status.PASS, message);
  }

  /**
   * Ranks without a window over all pairs: distinct differences are sorted across partitions, and
   * each partition starts at the count of those before it. Twice a mid-rank is a whole number, so
   * the sums are exact.
   */
  private record Ranks(long pairs, long alike, double ties, long positiveTwice)
      implements java.io.Serializable {
    private static final long serialVersionUID = 1L;

    static Ranks of(Dataset<Row> differences) {
      JavaRDD<Row> sorted =
          differences
              .groupBy(abs(col("difference")).as("size"))
              .agg(
                  count(lit(1)).as("pairs"),
                  sum(when(col("difference").gt(0), 1L).otherwise(0L)).as("positive"))
              .orderBy("size")
              .toJavaRDD()
              .persist(StorageLevel.MEMORY_AND_DISK());
      try {
        List<Long> sizes =
            sorted
                .mapPartitions(
                    rows -> {
                      long pairs = 0;
                      while (rows.hasNext()) {
                        pairs += rows.next().getLong(1);
                      }
                      return List.of(pairs).iterator();
                    })
                .collect();
        long[] before = new long[sizes.size() + 1];
        for (int i = 0; i < sizes.size(); i++) {
          before[i + 1] = before[i] + sizes.get(i);
        }
        long pairs = before[sizes.size()];
        return sorted
            .mapPartitionsWithIndex(
                (part, rows) -> {
                  long rank = before[part];
                  double ties = 0;
                  long positive = 0;
                  long zero = 0;
                  while (rows.hasNext()) {
                    Row row = rows.next();
                    long alike = row.getLong(1);
                    positive += (2 * rank + alike + 1) * row.getLong(2);
                    ties += (double) alike * alike * alike - alike;
                    rank += alike;
                    zero += row.getDouble(0) == 0 ? alike : 0;
                  }
                  return List.of(new Ranks(pairs, zero, ties, positive)).iterator();
                },
                true)
            .fold(
                new Ranks(pairs, 0, 0, 0),
                (a, b) ->
                    new Ranks(
                        pairs,
                        a.alike + b.alike,
                        a.ties + b.ties,
                        a.positiveTwice + b.positiveTwice));
      } finally {
        sorted.unpersist(false);
      }
    }

    /**
     * Counted so that the larger part of the ranks is positive. Pairs that do not differ take the
     * lowest ranks, and count for neither side (Pratt 1959).
     */
    SignedRanks inTheirDirection() {
      double lowest = (alike + 1) / 2.0;
      double sum = pairs * (pairs + 1.0) / 2 - alike * lowest;
      double squares =
          pairs * (pairs + 1.0) * (2.0 * pairs + 1) / 6 - ties / 12 - alike * lowest * lowest;
      double positive = positiveTwice / 2.0;
      return new SignedRanks(sum, squares, Math.max(positive, sum - positive));
    }
  }
}
