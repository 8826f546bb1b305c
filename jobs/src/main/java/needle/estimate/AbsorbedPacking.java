package needle.estimate;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Rows of a panel on their way to the level that is swept out. Where they are read, rows of a level
 * that follow each other become one record, so that a panel that is stored by unit travels as one
 * record per unit.
 *
 * @param clusters in how many ways rows are clustered, beside by that level
 * @param positions of the levels of each other absorbed column, by their value
 * @param width of a row's numbers
 */
record AbsorbedPacking(int clusters, List<Map<Object, Integer>> positions, int width)
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

  /** Of rows with group, whether they are complete, clusters, levels, and numbers. */
  Iterator<Row> packed(Iterator<Row> rows) {
    return new Runs(rows);
  }

  /** The groups, of records that are sorted by group. */
  Iterator<AbsorbedGroup> groups(Iterator<Row> records, Ways ways) {
    return new Groups(records, ways);
  }

  /**
   * In which ways a row is clustered.
   *
   * @param bySwept for each way, whether it is the level that is swept out
   */
  record Ways(boolean[] bySwept) implements Serializable {
    private static final long serialVersionUID = 1L;

    String[] of(String group, List<String> others) {
      String[] all = new String[bySwept.length];
      int next = 0;
      for (int w = 0; w < all.length; w++) {
        all[w] = bySwept[w] ? group : others.get(next++);
      }
      return all;
    }
  }

  private final class Runs extends RowsAhead<Row, Row> {
    private final ByteBuffer numbers = ByteBuffer.allocate(MOST_ROWS * width * Double.BYTES);

    Runs(Iterator<Row> rows) {
      super(rows);
    }

    @Override
    public Row next() {
      Row first = next;
      int read = 0;
      numbers.clear();
      do {
        read++;
        if (next.getBoolean(IS_COMPLETE)) {
          put();
        }
        step();
      } while (hasNext() && numbers.hasRemaining() && isSameRun(first));
      String group = first.getString(GROUP);
      List<String> inClusters = new ArrayList<>(clusters);
      for (int c = 0; c < clusters; c++) {
        inClusters.add(first.getString(CLUSTERS + c));
      }
      return RowFactory.create(
          UnitPacking.bucket(group),
          group,
          inClusters.toArray(),
          read,
          Arrays.copyOf(numbers.array(), numbers.position()));
    }

    private boolean isSameRun(Row first) {
      if (!Objects.equals(first.getString(GROUP), next.getString(GROUP))) {
        return false;
      }
      for (int c = CLUSTERS; c < CLUSTERS + clusters; c++) {
        if (!Objects.equals(first.getString(c), next.getString(c))) {
          return false;
        }
      }
      return true;
    }

    private void put() {
      int levels = CLUSTERS + clusters;
      int own = levels + positions.size();
      numbers.putDouble(next.getDouble(own));
      numbers.putDouble(next.getDouble(own + 1));
      for (int c = 0; c < positions.size(); c++) {
        numbers.putDouble(positions.get(c).get(next.get(levels + c)));
      }
      for (int i = own + 2; i < next.size(); i++) {
        numbers.putDouble(next.getDouble(i));
      }
    }
  }

  private final class Groups extends RowsAhead<Row, AbsorbedGroup> {
    private final Ways ways;

    Groups(Iterator<Row> records, Ways ways) {
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
      String group = next.getString(1);
      int read = 0;
      List<byte[]> parts = new ArrayList<>(1);
      List<String[]> inClusters = new ArrayList<>();
      do {
        String[] cluster = ways.of(group, next.getList(2));
        byte[] numbers = next.getAs(4);
        parts.add(numbers);
        for (int r = numbers.length / (width * Double.BYTES); r > 0; r--) {
          inClusters.add(cluster);
        }
        read += next.getInt(3);
        step();
      } while (hasNext() && Objects.equals(group, next.getString(1)));
      boolean share =
          inClusters.stream().allMatch(c -> c == inClusters.get(0))
              || inClusters.stream().allMatch(c -> Arrays.equals(c, inClusters.get(0)));
      List<String[]> told = share && !inClusters.isEmpty() ? inClusters.subList(0, 1) : inClusters;
      return new AbsorbedGroup(
              bucket,
              group,
              read,
              positions.size(),
              width,
              numbers(parts),
              told.toArray(String[][]::new))
          .ordered();
    }
  }
}
