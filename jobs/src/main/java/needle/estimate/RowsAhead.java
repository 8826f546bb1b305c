package needle.estimate;

import java.util.Iterator;

/**
 * Makes one thing of rows that follow each other, and so has to know the row after them.
 *
 * @param <R> a row, or whatever comes one by one
 * @param <T> what is made
 */
abstract class RowsAhead<R, T> implements Iterator<T> {
  private final Iterator<R> rows;

  /** The row that is not yet part of anything; null after the last. */
  R next;

  RowsAhead(Iterator<R> rows) {
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
