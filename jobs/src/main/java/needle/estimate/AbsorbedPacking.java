package needle.estimate;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * Rows of a panel on their way to the level that is swept out. Where they are read, rows of a level
 * that follow each other become one record, so that a panel that is stored by unit travels as one
 * record per unit.
 *
 * @param read the columns of the rows: group, whether they are complete, clusters, levels, numbers
 * @param clusters in how many ways rows are clustered, beside by that level
 * @param positions of the levels of each other absorbed column, by their value as Spark holds it
 */
record AbsorbedPacking(StructType read, int clusters, List<Map<Object, Integer>> positions)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** One or more rows of a level. */
  static final StructType SCHEMA =
      new StructType()
          .add("bucket", "int")
          .add("group", "string")
          .add("clusters", "array<string>")
          .add("read", "int")
          .add("numbers", "binary");

  private static final int MOST_ROWS = 512;
  private static final int GROUP = 0;
  private static final int IS_COMPLETE = 1;

  /** Where clusters begin; then come levels, and then numbers. */
  private static final int CLUSTERS = 2;

  /** How many numbers a row has, its levels among them. */
  int width() {
    return read.size() - CLUSTERS - clusters;
  }

  /** Runs of one level, packed. */
  Iterator<InternalRow> packed(Iterator<InternalRow> rows) {
    return new Runs(rows);
  }

  /** The groups, of records that are sorted by group. */
  Iterator<AbsorbedGroup> groups(Iterator<InternalRow> records, Ways ways) {
    return new Groups(records, ways);
  }

  /**
   * In which ways a row is clustered.
   *
   * @param bySwept for each way, whether it is the level that is swept out
   */
  record Ways(boolean[] bySwept) implements Serializable {
    private static final long serialVersionUID = 1L;

    String[] of(String group, ArrayData others) {
      String[] all = new String[bySwept.length];
      int next = 0;
      for (int w = 0; w < all.length; w++) {
        all[w] = bySwept[w] ? group : QueryRows.text(others.getUTF8String(next++));
      }
      return all;
    }
  }

  private final class Runs extends RowsAhead<InternalRow, InternalRow> {
    private final int levels = CLUSTERS + clusters;
    private final int own = levels + positions.size();
    private final ByteBuffer numbers = ByteBuffer.allocate(MOST_ROWS * width() * Double.BYTES);
    private final HeldName group = new HeldName(read, GROUP);
    private final HeldName[] together = new HeldName[clusters];
    private final DataType[] types = new DataType[positions.size()];

    Runs(Iterator<InternalRow> rows) {
      super(rows);
      Arrays.setAll(together, c -> new HeldName(read, CLUSTERS + c));
      Arrays.setAll(types, c -> read.apply(levels + c).dataType());
    }

    @Override
    public InternalRow next() {
      group.hold(next);
      for (HeldName cluster : together) {
        cluster.hold(next);
      }
      int count = 0;
      numbers.clear();
      do {
        count++;
        if (next.getBoolean(IS_COMPLETE)) {
          put();
        }
        step();
      } while (hasNext() && numbers.hasRemaining() && isSameRun());
      String name = group.text();
      return new GenericInternalRow(
          new Object[] {
            UnitPacking.bucket(name),
            UTF8String.fromString(name),
            new GenericArrayData(
                Arrays.stream(together)
                    .map(cluster -> UTF8String.fromString(cluster.text()))
                    .toArray()),
            count,
            Arrays.copyOf(numbers.array(), numbers.position())
          });
    }

    private boolean isSameRun() {
      if (!group.isIn(next)) {
        return false;
      }
      for (HeldName cluster : together) {
        if (!cluster.isIn(next)) {
          return false;
        }
      }
      return true;
    }

    private void put() {
      numbers.putDouble(next.getDouble(own));
      numbers.putDouble(next.getDouble(own + 1));
      for (int c = 0; c < types.length; c++) {
        numbers.putDouble(positions.get(c).get(next.get(levels + c, types[c])));
      }
      for (int i = own + 2; i < read.size(); i++) {
        numbers.putDouble(next.getDouble(i));
      }
    }
  }

  private final class Groups extends RowsAhead<InternalRow, AbsorbedGroup> {
    private final Ways ways;

    Groups(Iterator<InternalRow> records, Ways ways) {
      super(records);
      this.ways = ways;
    }

    private static double[] numbers(List<byte[]> parts) {
      int bytes = parts.stream().mapToInt(p -> p.length).sum();
      double[] numbers = new double[bytes / Double.BYTES];
      int at = 0;
      for (byte[] part : parts) {
        ByteBuffer.wrap(part).asDoubleBuffer().get(numbers, at, part.length / Double.BYTES);
        at += part.length / Double.BYTES;
      }
      return numbers;
    }

    @Override
    public AbsorbedGroup next() {
      int bucket = next.getInt(0);
      UTF8String name = next.isNullAt(1) ? null : next.getUTF8String(1).copy();
      String group = QueryRows.text(name);
      int read = 0;
      List<byte[]> parts = new ArrayList<>(1);
      List<String[]> inClusters = new ArrayList<>();
      do {
        String[] cluster = ways.of(group, next.getArray(2));
        byte[] numbers = next.getBinary(4);
        parts.add(numbers);
        for (int r = numbers.length / (width() * Double.BYTES); r > 0; r--) {
          inClusters.add(cluster);
        }
        read += next.getInt(3);
        step();
      } while (hasNext() && Objects.equals(name, next.getUTF8String(1)));
      boolean share =
          inClusters.stream().allMatch(c -> c == inClusters.get(0))
              || inClusters.stream().allMatch(c -> Arrays.equals(c, inClusters.get(0)));
      List<String[]> told = share && !inClusters.isEmpty() ? inClusters.subList(0, 1) : inClusters;
      return new AbsorbedGroup(
              bucket,
              group,
              read,
              positions.size(),
              width(),
              numbers(parts),
              told.toArray(String[][]::new))
          .ordered();
    }
  }
}
