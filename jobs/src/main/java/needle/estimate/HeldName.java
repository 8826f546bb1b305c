package needle.estimate;

import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The value that a name has in a row, held while rows that may have the same pass by. It becomes
 * text once per run of equal ones, which is most of what reading a large panel would cost else.
 */
final class HeldName {
  private final int at;
  private final boolean isWhole;
  private boolean isEmpty;
  private long whole;
  private UTF8String text;

  /**
   * @param schema of the rows
   * @param at which of their columns, as {@link #column} has it
   */
  HeldName(StructType schema, int at) {
    this.at = at;
    this.isWhole = schema.apply(at).dataType() instanceof LongType;
  }

  /** A column whose values are told apart: whole numbers as they are, everything else as text. */
  static Column column(StructType schema, String name) {
    DataType type = schema.apply(name).dataType();
    boolean isWhole =
        type instanceof LongType
            || type instanceof IntegerType
            || type instanceof ShortType
            || type instanceof ByteType;
    return col(name).cast(isWhole ? DataTypes.LongType : DataTypes.StringType);
  }

  void hold(InternalRow row) {
    isEmpty = row.isNullAt(at);
    if (!isEmpty && isWhole) {
      whole = row.getLong(at);
    } else if (!isEmpty) {
      // The row's own bytes change with the next one.
      text = row.getUTF8String(at).copy();
    }
  }

  /** Whether that row has the value that is held. */
  boolean isIn(InternalRow row) {
    if (isEmpty || row.isNullAt(at)) {
      return isEmpty && row.isNullAt(at);
    }
    return isWhole ? row.getLong(at) == whole : row.getUTF8String(at).equals(text);
  }

  /** The value as text; null where there is none. */
  String text() {
    if (isEmpty) {
      return null;
    }
    return isWhole ? Long.toString(whole) : text.toString();
  }
}
