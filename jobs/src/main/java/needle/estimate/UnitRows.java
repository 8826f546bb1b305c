package needle.estimate;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The rows of one unit as plain numbers: period, outcome, treatment (its first period, or whether
 * there was exposure), then covariates and, where units have one, the sampling weight. An empty
 * cell is a value of its own, which no NaN of the data is.
 */
final class UnitRows {
  static final int PERIOD = 0;
  static final int OUTCOME = 1;
  static final int TREATMENT = 2;

  /** Where covariates begin. */
  static final int COVARIATES = 3;

  private static final long EMPTY = 0x7ff8_0000_6e65_6564L;

  private final ByteBuffer numbers;
  private final int width;

  private UnitRows(ByteBuffer numbers, int width) {
    this.numbers = numbers;
    this.width = width;
  }

  /** Rows as {@link #bytes} wrote them. */
  static UnitRows of(byte[] bytes, int width) {
    return new UnitRows(ByteBuffer.wrap(bytes), width);
  }

  /** The rows of several parts, in the order of their periods. */
  static UnitRows of(List<byte[]> parts, int width) {
    if (parts.size() == 1) {
      return of(parts.get(0), width).ordered();
    }
    ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(p -> p.length).sum());
    parts.forEach(all::put);
    return new UnitRows(all, width).ordered();
  }

  private UnitRows ordered() {
    int rows = count();
    boolean isOrdered = true;
    for (int i = 1; i < rows && isOrdered; i++) {
      isOrdered = Double.compare(get(i - 1, PERIOD), get(i, PERIOD)) <= 0;
    }
    if (isOrdered) {
      return this;
    }
    int[] order =
        IntStream.range(0, rows)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> get(i, PERIOD)))
            .mapToInt(Integer::intValue)
            .toArray();
    byte[] sorted = new byte[numbers.capacity()];
    int size = width * Long.BYTES;
    for (int i = 0; i < rows; i++) {
      System.arraycopy(numbers.array(), order[i] * size, sorted, i * size, size);
    }
    return of(sorted, width);
  }

  static void put(ByteBuffer into, boolean isEmpty, double value) {
    into.putLong(isEmpty ? EMPTY : Double.doubleToRawLongBits(value));
  }

  byte[] bytes() {
    return numbers.array();
  }

  int count() {
    return numbers.capacity() / (width * Long.BYTES);
  }

  /** Where the sampling weight stands, where units have one. */
  int weight() {
    return width - 1;
  }

  double get(int row, int column) {
    return Double.longBitsToDouble(bits(row, column));
  }

  boolean isEmpty(int row, int column) {
    return bits(row, column) == EMPTY;
  }

  private long bits(int row, int column) {
    return numbers.getLong((row * width + column) * Long.BYTES);
  }
}
