package needle.estimate;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import needle.estimate.UnitFaults.Clusters;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.util.hashing.MurmurHash3$;

/**
 * Panel rows on their way to their unit. Where they are read, rows of a unit that follow each other
 * become one record, so that a panel that is stored by unit travels as one record per unit; where
 * they arrive, a unit's records become one.
 *
 * @param read the columns of the rows: unit, cluster, and the numbers of {@link UnitRows}
 */
record UnitPacking(StructType read) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Columns before the numbers. */
  static final int NAMES = 2;

  /** Stands between a cluster and the peers within it, where both are told. */
  static final String PEERS = "\u0001";

  private static final int MOST_ROWS = 512;

  /**
   * One or more rows of a unit.
   *
   * @param clusters what they tell of its cluster
   */
  record Packed(int bucket, String unit, String cluster, Clusters clusters, byte[] numbers) {
    static final StructType SCHEMA =
        new StructType()
            .add("bucket", "int")
            .add("unit", "string")
            .add("cluster", "string")
            .add("clusters", "int")
            .add("numbers", "binary");

    private static final Clusters[] CLUSTERS = Clusters.values();

    Packed(String unit, String cluster, Clusters clusters, byte[] numbers) {
      this(UnitPacking.bucket(cluster), unit, cluster, clusters, numbers);
    }

    static Packed of(InternalRow row) {
      UTF8String name = row.getUTF8String(1);
      UTF8String together = row.getUTF8String(2);
      String unit = QueryRows.text(name);
      return new Packed(
          row.getInt(0),
          unit,
          Objects.equals(name, together) ? unit : QueryRows.text(together),
          CLUSTERS[row.getInt(3)],
          row.getBinary(4));
    }

    InternalRow row() {
      UTF8String name = UTF8String.fromString(unit);
      UTF8String together = Objects.equals(unit, cluster) ? name : UTF8String.fromString(cluster);
      return new GenericInternalRow(
          new Object[] {bucket, name, together, clusters.ordinal(), numbers});
    }
  }

  /** Runs of one unit, packed. */
  Iterator<Packed> packed(Iterator<InternalRow> rows) {
    return new Runs(rows, read);
  }

  /** One record per unit, of records that are sorted by unit. */
  Iterator<Packed> merged(Iterator<Packed> records) {
    return new Units(records, width());
  }

  /** How many numbers a row has. */
  int width() {
    return read.size() - NAMES;
  }

  static int bucket(String cluster) {
    return cluster == null
        ? 0
        : Math.floorMod(MurmurHash3$.MODULE$.stringHash(cluster(cluster)), UnitHistory.BUCKETS);
  }

  static String cluster(String withPeers) {
    int end = withPeers.indexOf(PEERS);
    return end < 0 ? withPeers : withPeers.substring(0, end);
  }

  static String peers(String withPeers) {
    return withPeers.substring(withPeers.indexOf(PEERS) + 1);
  }

  private static final class Runs extends RowsAhead<InternalRow, Packed> {
    private final HeldName unit;
    private final HeldName cluster;
    private final int columns;
    private final ByteBuffer numbers;

    Runs(Iterator<InternalRow> rows, StructType read) {
      super(rows);
      this.unit = new HeldName(read, 0);
      this.cluster = new HeldName(read, 1);
      this.columns = read.size();
      this.numbers = ByteBuffer.allocate(MOST_ROWS * (columns - NAMES) * Long.BYTES);
    }

    @Override
    public Packed next() {
      unit.hold(next);
      cluster.hold(next);
      numbers.clear();
      do {
        for (int i = NAMES; i < columns; i++) {
          boolean isEmpty = next.isNullAt(i);
          UnitRows.put(numbers, isEmpty, isEmpty ? 0 : next.getDouble(i));
        }
        step();
      } while (hasNext() && numbers.hasRemaining() && unit.isIn(next) && cluster.isIn(next));
      String together = cluster.text();
      return new Packed(
          unit.text(),
          together,
          together == null ? Clusters.NONE : Clusters.ONE,
          Arrays.copyOf(numbers.array(), numbers.position()));
    }
  }

  private static final class Units extends RowsAhead<Packed, Packed> {
    private final int width;

    Units(Iterator<Packed> records, int width) {
      super(records);
      this.width = width;
    }

    @Override
    public Packed next() {
      Packed first = next;
      List<byte[]> parts = new ArrayList<>(1);
      Clusters clusters = Clusters.ONE;
      do {
        parts.add(next.numbers());
        if (next.cluster() == null) {
          clusters = Clusters.NONE;
        } else if (clusters == Clusters.ONE && !next.cluster().equals(first.cluster())) {
          clusters = Clusters.SEVERAL;
        }
        step();
      } while (hasNext() && Objects.equals(next.unit(), first.unit()));
      return new Packed(first.unit(), first.cluster(), clusters, UnitRows.of(parts, width).bytes());
    }
  }
}
