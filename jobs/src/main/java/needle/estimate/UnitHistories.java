package needle.estimate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import needle.estimate.UnitPacking.Packed;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

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
    columns.add(
        isFollowed ? HeldName.column(panel.schema(), design.unit()) : drawn(design, period));
    columns.add(together(panel.schema(), design));
    columns.add(PanelColumns.number(period));
    columns.add(PanelColumns.number(design.outcome()));
    columns.add(treatment(design));
    design.covariates().forEach(c -> columns.add(PanelColumns.number(c)));
    weights.forEach(w -> columns.add(PanelColumns.number(w)));
    Dataset<Row> read = panel.select(columns.toArray(Column[]::new));
    UnitPacking packing = new UnitPacking(read.schema());
    UnitColumns numbers = UnitColumns.of(design);
    return new UnitHistories(
        HeldUnits.of(
            merged(read, packing, isFollowed && design.isClusteredByUnit())
                .mapPartitions(records -> new Histories(records, numbers))));
  }

  // Drawn anew, a unit is an observation: its row in one period.
  private static Column drawn(StudyDesign design, String period) {
    return concat(
        col(design.unit()).cast("string"),
        lit(" ("),
        coalesce(PanelColumns.number(period).cast("long").cast("string"), lit("no period")),
        lit(")"));
  }

  // Whom errors hold together; where peers are others, these follow.
  private static Column together(StructType schema, StudyDesign design) {
    String cluster = design.cluster().orElse(design.unit());
    return design.peers().filter(p -> !p.equals(cluster)).isPresent()
        ? concat(
            col(cluster).cast("string"),
            lit(UnitPacking.PEERS),
            col(design.peers().orElseThrow()).cast("string"))
        : HeldName.column(schema, cluster);
  }

  // Where a unit is its own cluster, the units of a bucket need no second way.
  private static JavaRDD<Packed> merged(Dataset<Row> read, UnitPacking packing, boolean byUnit) {
    // A few per core, as buckets are of unequal sizes.
    int partitions =
        Math.min(UnitHistory.BUCKETS, 4 * read.sparkSession().sparkContext().defaultParallelism());
    Dataset<Row> sent = table(read, QueryRows.map(read, packing::packed));
    JavaRDD<Packed> units =
        records(
                byUnit
                    ? OrderedSums.sorted(sent.repartition(partitions, col("bucket")), "unit")
                    // Not by bucket: a unit that names several clusters is in several.
                    : sent.repartition(partitions, col("unit")).sortWithinPartitions("unit"))
            .mapPartitions(packing::merged);
    return byUnit
        ? units
        : records(
            table(read, units)
                .repartition(partitions, col("bucket"))
                // By what was seen of a unit, not by its name: a new pseudonym changes no sum.
                // By text, of which peers are the end, so that a cluster's peers stay together.
                .sortWithinPartitions("bucket", "cluster", "numbers", "unit"));
  }

  private static JavaRDD<Packed> records(Dataset<Row> of) {
    return QueryRows.each(of, Packed::of);
  }

  private static Dataset<Row> table(Dataset<Row> read, JavaRDD<Packed> records) {
    return QueryRows.query(read.sparkSession(), records.map(Packed::row), Packed.SCHEMA);
  }

  JavaRDD<UnitHistory> units() {
    return units;
  }

  private static Column treatment(StudyDesign design) {
    StudyDesign.Treatment treatment = design.treatment().orElse(null);
    if (treatment instanceof StudyDesign.Adopted how) {
      Column value = PanelColumns.number(how.column());
      return how.never().isPresent() ? when(value.notEqual(how.never().getAsInt()), value) : value;
    }
    return treatment instanceof StudyDesign.Exposed how
        ? PanelColumns.number(how.column())
        : lit(null).cast(DataTypes.DoubleType);
  }

  private static final class Histories implements Iterator<UnitHistory> {
    private final Iterator<Packed> records;
    private final UnitColumns columns;
    private int[] periods = new int[0];

    Histories(Iterator<Packed> records, UnitColumns columns) {
      this.records = records;
      this.columns = columns;
    }

    @Override
    public boolean hasNext() {
      return records.hasNext();
    }

    @Override
    public UnitHistory next() {
      Packed of = records.next();
      UnitRows rows = UnitRows.of(of.numbers(), columns.width());
      UnitHistory history =
          history(of.bucket(), of.unit(), of.cluster(), of.clusters(), rows, columns);
      // Most are seen in the same periods, which are then held once.
      if (!Arrays.equals(periods, history.periods())) {
        periods = history.periods();
      }
      return history.in(periods);
    }
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
    int[] periods = new int[rows.count()];
    double[] outcomes = new double[rows.count()];
    int first = -1;
    int seen = 0;
    for (int i = 0; i < rows.count(); i++) {
      if (!rows.isEmpty(i, UnitRows.OUTCOME)) {
        first = seen == 0 ? i : first;
        periods[seen] = (int) rows.get(i, UnitRows.PERIOD);
        outcomes[seen] = rows.get(i, UnitRows.OUTCOME);
        seen++;
      }
    }
    return new UnitHistory(
        bucket,
        unit,
        UnitPacking.cluster(cluster),
        UnitPacking.peers(cluster),
        columns.isExposed() ? firstExposed(rows) : firstTreated(rows),
        Arrays.copyOf(periods, seen),
        Arrays.copyOf(outcomes, seen),
        seen == 0 ? null : covariates(rows, first, columns.covariates()),
        columns.isWeighted() ? weight(rows) : 1,
        rows.count(),
        null);
  }

  private static int firstTreated(UnitRows rows) {
    return rows.isEmpty(0, UnitRows.TREATMENT)
        ? UnitHistory.NEVER
        : (int) rows.get(0, UnitRows.TREATMENT);
  }

  private static int firstExposed(UnitRows rows) {
    for (int i = 0; i < rows.count(); i++) {
      if (rows.get(i, UnitRows.TREATMENT) == 1) {
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
