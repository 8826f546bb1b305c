package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;

import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Programs whose learning records come from a source that has forgotten who left. */
record MissingLeavers(Map<String, String> sourceByProgram) {

  /** Reads {@code panel.leaver_coverage}, which has one row per source. */
  static MissingLeavers in(Dataset<Row> coverage) {
    return new MissingLeavers(
        coverage
            .where(col("leavers_are_missing"))
            .select(explode(col("program_ids")).as("program_id"), col("source"))
            .collectAsList()
            .stream()
            .collect(
                Collectors.toMap(
                    r -> r.getString(0),
                    r -> r.getString(1),
                    (one, other) -> one.compareTo(other) < 0 ? one : other)));
  }

  /** Why nothing can be said of a program's effect on who stays, if its records forget leavers. */
  Optional<Answer.Unanswered> of(String programId) {
    return Optional.ofNullable(sourceByProgram.get(programId))
        .map(
            source ->
                new Answer.Unanswered(
                    "leavers_missing",
                    "Of the people who left, fewer than half as many have training in "
                        + source
                        + " as of people like them who stayed. The extract seems to hold active"
                        + " users only, so training would seem to keep people. Ask for one with"
                        + " inactive users; panel.leaver_coverage has the figures."));
  }
}
