package needle.estimate;

import java.util.Iterator;
import org.apache.spark.sql.Row;

/**
 * Makes one thing of rows that follow each other, and so has to know the row after them.
 *
 * @param <T> what is made
 */
abstract class RowsAhead<T> implements Iterator<T> {
  private final Iterator<Row> rows;

  /** The row that is not yet part of anything; null after the last. */
  Row next;

  RowsAhead(Iterator<Row> rows) {
    this.rows = rows;
    step();
  }

  final void step() {
    next = rows.hasNext() ? rows.next() : null;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }
}
