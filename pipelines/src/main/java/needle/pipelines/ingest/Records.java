package needle.pipelines.ingest;

import java.io.Closeable;
import java.io.IOException;

/** The records of a text file, one at a time. */
interface Records extends Closeable {
  /** Reads the next record; false at the end. */
  boolean next() throws IOException;

  /**
   * Where the record begins, from 1 and unlike any other's: its line, or its number in an array.
   */
  long line();

  /** Its fields in the order of the contract's read columns, dropped ones left empty. */
  String[] fields();

  /** Why it cannot be taken apart; null when it can. */
  String fault();

  /** Its text without dropped columns. */
  String raw();
}
