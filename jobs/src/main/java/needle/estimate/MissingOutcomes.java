package needle.estimate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import org.apache.spark.sql.Column;

/**
 * Whose outcome a cross-section does not have, on either side: who was lost may have been lost for
 * what became of them.
 *
 * @param known rows whose treatment is known, of others and of treated
 * @param seen those of them with an outcome
 */
record MissingOutcomes(long[] known, long[] seen) {
  /** Counts of a table's rows, to be read by {@link #of}. */
  static Column counted(Column dose, Column outcome) {
    List<Column> counts = new ArrayList<>();
    for (int side = 0; side < 2; side++) {
      Column isOfSide = dose.equalTo(side);
      counts.add(count(when(isOfSide, 1)));
      counts.add(count(when(isOfSide.and(PanelColumns.isFinite(outcome)), 1)));
    }
    return array(counts.toArray(Column[]::new));
  }

  static MissingOutcomes of(List<Long> counts) {
    return new MissingOutcomes(
        new long[] {counts.get(0), counts.get(2)}, new long[] {counts.get(1), counts.get(3)});
  }

  /** Judged as losses from a panel are; empty unless there are both sides. */
  Optional<Diagnostic> check() {
    if (known[0] == 0 || known[1] == 0) {
      return Optional.empty();
    }
    double ofTreated = lost(1);
    double ofOthers = lost(0);
    return Optional.of(
        FollowUp.judged(
            ofTreated,
            ofOthers,
            String.format(
                Locale.ROOT,
                "The outcome of %.1f%% of the treated and of %.1f%% of the others is missing.",
                100 * ofTreated,
                100 * ofOthers)));
  }

  private double lost(int side) {
    return 1 - seen[side] / (double) known[side];
  }
}
