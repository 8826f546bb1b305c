package needle.estimate;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import needle.estimate.UnitFaults.Clusters;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import scala.util.hashing.MurmurHash3$;

/**
 * Panel rows on their way to their unit. Where they are read, rows of a unit that follow each other
 * become one record, so that a panel that is stored by unit travels as one record per unit; where
 * they arrive, a unit's records become one.
 */
final class UnitPacking {
  /** One or more rows of a unit; {@code clusters} says what they tell of its cluster. */
  static final StructType SCHEMA =
      new StructType()
          .add("bucket", "int")
          .add("unit", "string")
          .add("cluster", "string")
          .add("clusters", "int")
          .add("numbers", "binary");

  static final int BUCKET = 0;
  static final int UNIT = 1;
  static final int CLUSTER = 2;
  static final int CLUSTERS = 3;
  static final int NUMBERS = 4;

  /** Stands between a cluster and the peers within it, where both are told. */
  static final String PEERS = "\u0001";

  private static final int MOST_ROWS = 512;

  private UnitPacking() {}

  /** Of rows with unit, cluster and the numbers of {@link UnitRows}: runs of one unit, packed. */
  static Iterator<Row> packed(Iterator<Row> rows) {
    return new Runs(rows);
  }

  /** One record per unit, of records that are sorted by unit. */
  static Iterator<Row> merged(Iterator<Row> records, int width) {
    return new Units(records, width);
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

  private static Row record(String unit, String cluster, Clusters clusters, byte[] numbers) {
    return RowFactory.create(bucket(cluster), unit, cluster, clusters.ordinal(), numbers);
  }

  private static final class Runs extends RowsAhead<Row, Row> {
    private ByteBuffer numbers = ByteBuffer.allocate(0);

    Runs(Iterator<Row> rows) {
      super(rows);
    }

    @Override
    public Row next() {
      int width = next.size() - 2;
      if (numbers.capacity() == 0) {
        numbers = ByteBuffer.allocate(MOST_ROWS * width * Long.BYTES);
      }
      String unit = next.getString(0);
      String cluster = next.getString(1);
      numbers.clear();
      do {
        for (int i = 2; i < next.size(); i++) {
          boolean isEmpty = next.isNullAt(i);
          UnitRows.put(numbers, isEmpty, isEmpty ? 0 : next.getDouble(i));
        }
        step();
      } while (hasNext()
          && numbers.hasRemaining()
          && Objects.equals(unit, next.getString(0))
          && Objects.equals(cluster, next.getString(1)));
      return record(
          unit,
          cluster,
          cluster == null ? Clusters.NONE : Clusters.ONE,
          Arrays.copyOf(numbers.array(), numbers.position()));
    }
  }

  private static final class Units extends RowsAhead<Row, Row> {
    private final int width;

    Units(Iterator<Row> records, int width) {
      super(records);
      this.width = width;
    }

    @Override
    public Row next() {
      Row first = next;
      List<byte[]> parts = new ArrayList<>(1);
      String cluster = first.getString(CLUSTER);
      Clusters clusters = Clusters.ONE;
      do {
        parts.add(next.getAs(NUMBERS));
        if (next.isNullAt(CLUSTER)) {
          clusters = Clusters.NONE;
        } else if (clusters == Clusters.ONE && !next.getString(CLUSTER).equals(cluster)) {
          clusters = Clusters.SEVERAL;
        }
        step();
      } while (hasNext() && Objects.equals(next.getString(UNIT), first.getString(UNIT)));
      return record(first.getString(UNIT), cluster, clusters, UnitRows.of(parts, width).bytes());
    }
  }
}
