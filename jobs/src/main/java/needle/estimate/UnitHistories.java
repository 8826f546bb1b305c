package needle.estimate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/** A panel as one line per unit, in buckets by cluster; held in memory until closed. */
final class UnitHistories implements AutoCloseable {
  private final JavaRDD<UnitHistory> units;

  private UnitHistories(JavaRDD<UnitHistory> units) {
    this.units = units;
  }

  static UnitHistories of(Dataset<Row> panel, StudyDesign design) {
    String period =
        design
            .period()
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "The study has no time",
                        "to follow units through time their periods must be known",
                        "name the column of the period"));
    List<String> weights = design.sampling().weights().stream().toList();
    PanelColumns.check(panel.schema(), design, weights, Optional.empty());
    List<Column> columns = new ArrayList<>();
    boolean isFollowed = design.sampling().isFollowed();
    Column unit = col(design.unit()).cast("string");
    // Drawn anew, a unit is an observation: its row in one period.
    columns.add(
        isFollowed
            ? unit
            : concat(
                unit,
                lit(" ("),
                coalesce(PanelColumns.number(period).cast("long").cast("string"), lit("no period")),
                lit(")")));
    columns.add(together(design));
    columns.add(PanelColumns.number(period));
    columns.add(PanelColumns.number(design.outcome()));
    columns.add(adopted(design));
    columns.add(exposed(design));
    design.covariates().forEach(c -> columns.add(PanelColumns.number(c)));
    weights.forEach(w -> columns.add(PanelColumns.number(w)));
    UnitColumns numbers = UnitColumns.of(design);
    Dataset<Row> packed =
        panel
            .select(columns.toArray(Column[]::new))
            .mapPartitions(
                (MapPartitionsFunction<Row, Row>) UnitPacking::packed,
                Encoders.row(UnitPacking.SCHEMA));
    // A few per core, as buckets are of unequal sizes.
    int partitions =
        Math.min(UnitHistory.BUCKETS, 4 * panel.sparkSession().sparkContext().defaultParallelism());
    return new UnitHistories(
        merged(packed, numbers.width(), partitions, isFollowed && design.isClusteredByUnit())
            .toJavaRDD()
            .map(record -> read(record, numbers))
            .persist(StorageLevel.MEMORY_AND_DISK()));
  }

  // Whom errors hold together; where peers are others, these follow.
  private static Column together(StudyDesign design) {
    Column cluster = col(design.cluster().orElse(design.unit())).cast("string");
    return design.peers().filter(p -> !p.equals(design.cluster().orElseThrow())).isPresent()
        ? concat(cluster, lit(UnitPacking.PEERS), col(design.peers().orElseThrow()).cast("string"))
        : cluster;
  }

  // Where a unit is its own cluster, the units of a bucket need no second way.
  private static Dataset<Row> merged(
      Dataset<Row> packed, int width, int partitions, boolean byUnit) {
    Column way = col(byUnit ? "bucket" : "unit");
    Dataset<Row> units =
        packed
            .repartition(partitions, way)
            .sortWithinPartitions(way, col("unit"))
            .mapPartitions(
                (MapPartitionsFunction<Row, Row>) records -> UnitPacking.merged(records, width),
                Encoders.row(UnitPacking.SCHEMA));
    return byUnit
        ? units
        : units
            .repartition(partitions, col("bucket"))
            // By what was seen of a unit, not by its name: a new pseudonym changes no sum.
            .sortWithinPartitions("bucket", "cluster", "numbers", "unit");
  }

  JavaRDD<UnitHistory> units() {
    return units;
  }

  private static Column adopted(StudyDesign design) {
    Column nothing = lit(null).cast(DataTypes.DoubleType);
    if (design.treatment().orElse(null) instanceof StudyDesign.Adopted how) {
      Column value = PanelColumns.number(how.column());
      return how.never().isPresent() ? when(value.notEqual(how.never().getAsInt()), value) : value;
    }
    return nothing;
  }

  private static Column exposed(StudyDesign design) {
    return design.treatment().orElse(null) instanceof StudyDesign.Exposed how
        ? PanelColumns.number(how.column())
        : lit(null).cast(DataTypes.DoubleType);
  }

  private static UnitHistory read(Row record, UnitColumns columns) {
    return history(
        record.getInt(UnitPacking.BUCKET),
        record.getString(UnitPacking.UNIT),
        record.getString(UnitPacking.CLUSTER),
        UnitFaults.Clusters.values()[record.getInt(UnitPacking.CLUSTERS)],
        UnitRows.of(record.<byte[]>getAs(UnitPacking.NUMBERS), columns.width()),
        columns);
  }

  /**
   * What the rows of a unit say of it.
   *
   * @param cluster theirs; where peers are others, with these
   * @param clusters how many clusters they name
   */
  static UnitHistory history(
      int bucket,
      String unit,
      String cluster,
      UnitFaults.Clusters clusters,
      UnitRows rows,
      UnitColumns columns) {
    UnitHistory.FaultSeen fault = UnitFaults.in(unit, clusters, rows, columns);
    if (fault != null) {
      return new UnitHistory(
          0,
          unit,
          "",
          "",
          UnitHistory.NEVER,
          new int[0],
          new double[0],
          null,
          1,
          rows.count(),
          fault);
    }
    int[] seen =
        IntStream.range(0, rows.count()).filter(i -> !rows.isEmpty(i, UnitRows.OUTCOME)).toArray();
    int[] periods = new int[seen.length];
    double[] outcomes = new double[seen.length];
    for (int i = 0; i < seen.length; i++) {
      periods[i] = (int) rows.get(seen[i], UnitRows.PERIOD);
      outcomes[i] = rows.get(seen[i], UnitRows.OUTCOME);
    }
    return new UnitHistory(
        bucket,
        unit,
        UnitPacking.cluster(cluster),
        UnitPacking.peers(cluster),
        columns.isExposed() ? firstExposed(rows) : firstTreated(rows),
        periods,
        outcomes,
        seen.length == 0 ? null : covariates(rows, seen[0], columns.covariates()),
        columns.isWeighted() ? weight(rows) : 1,
        rows.count(),
        null);
  }

  private static int firstTreated(UnitRows rows) {
    return rows.isEmpty(0, UnitRows.ADOPTED)
        ? UnitHistory.NEVER
        : (int) rows.get(0, UnitRows.ADOPTED);
  }

  private static int firstExposed(UnitRows rows) {
    for (int i = 0; i < rows.count(); i++) {
      if (rows.get(i, UnitRows.EXPOSED) == 1) {
        return (int) rows.get(i, UnitRows.PERIOD);
      }
    }
    return UnitHistory.NEVER;
  }

  private static double weight(UnitRows rows) {
    return rows.isEmpty(0, rows.weight()) ? Double.NaN : rows.get(0, rows.weight());
  }

  private static double[] covariates(UnitRows rows, int first, int count) {
    double[] values = new double[count];
    for (int c = 0; c < values.length; c++) {
      if (rows.isEmpty(first, UnitRows.COVARIATES + c)) {
        return null;
      }
      values[c] = rows.get(first, UnitRows.COVARIATES + c);
    }
    return values;
  }

  @Override
  public void close() {
    units.unpersist(false);
  }
}
