package needle.pipelines.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.Map;
import java.util.Optional;
import needle.bronze.Delivery;
import needle.pipelines.lake.DeltaTables;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Where a run reads bronze, and up to which delivery.
 *
 * <p>A bronze row's delivery date is the first on which its content was delivered, in whatever
 * order files were ingested; so the rows up to a date are those that a landing folder with the
 * deliveries up to that date would have given.
 *
 * @param versions the bronze tables' versions, where they were ingested into another warehouse
 * @param knownAt the last delivery that counts; all when empty
 */
public record Sources(DeltaTables bronze, Map<String, Long> versions, Optional<LocalDate> knownAt) {
  /** All that was delivered, in the warehouse that is computed. */
  public static Sources of(DeltaTables tables) {
    return new Sources(tables, Map.of(), Optional.empty());
  }

  /** Those of the rows that were known. */
  Dataset<Row> known(Dataset<Row> bronzeRows) {
    return knownAt
        .map(
            day ->
                bronzeRows.where(col(Delivery.DELIVERED_ON).leq(lit(day.toString()).cast("date"))))
        .orElse(bronzeRows);
  }
}
