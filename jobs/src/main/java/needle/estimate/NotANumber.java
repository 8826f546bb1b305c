package needle.estimate;

import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;

/**
 * Why a column of text cannot be computed with, as who read the panel saw it. It goes with the
 * column, so that an estimator that needs numbers can say more than the column's type.
 */
public record NotANumber(String reason, String remedy) {
  private static final String REASON = "needle.not_a_number";
  private static final String REMEDY = "needle.not_a_number.remedy";

  /** The panel with this said of the column. */
  public Dataset<Row> of(Dataset<Row> panel, String column) {
    Metadata known = panel.schema().apply(column).metadata();
    return panel.withMetadata(
        column,
        new MetadataBuilder()
            .withMetadata(known)
            .putString(REASON, reason)
            .putString(REMEDY, remedy)
            .build());
  }

  static Optional<NotANumber> said(StructField column) {
    Metadata known = column.metadata();
    return known.contains(REASON)
        ? Optional.of(new NotANumber(known.getString(REASON), known.getString(REMEDY)))
        : Optional.empty();
  }
}
