package needle.pipelines.assess.design;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * A drawn panel and what is true of it.
 *
 * @param truths each to be held by its own interval
 * @param band all to be held by one band at once; empty where the estimator gives none
 */
public record Sample(StructType schema, List<Row> rows, List<Truth> truths, List<Truth> band) {

  /** Rows as they are drawn. */
  static final class Draft {
    private final StructType schema;
    private final List<Row> rows = new ArrayList<>();

    private Draft(StructType schema) {
      this.schema = schema;
    }

    void add(Object... cells) {
      rows.add(RowFactory.create(cells));
    }

    Sample with(Truth... truths) {
      return new Sample(schema, rows, List.of(truths), List.of());
    }

    Sample with(List<Truth> truths, List<Truth> band) {
      return new Sample(schema, rows, truths, band);
    }
  }

  static Draft of(String columns) {
    return new Draft(StructType.fromDDL(columns));
  }
}
