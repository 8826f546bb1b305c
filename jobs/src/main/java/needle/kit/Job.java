package needle.kit;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Computes one table. Pure: the same inputs give the same rows, and nothing is read or written on
 * the way.
 */
public interface Job {
  /** The table that it computes. */
  TableContract output();

  /** The tables that it reads; the job graph is derived from these. */
  List<TableContract> inputs();

  /** The rows of {@link #output()}. */
  Dataset<Row> transform(Inputs in);

  /** How a change of the inputs narrows to a part of the output. */
  default Increment increment(Inputs in) {
    return Increment.whole();
  }
}
