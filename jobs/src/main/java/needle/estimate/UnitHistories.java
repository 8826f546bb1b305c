package needle.estimate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
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
    PanelColumns.check(panel.schema(), design);
    Column cluster = col(design.cluster().orElse(design.unit())).cast("string");
    Dataset<Row> rows =
        panel.select(
            col(design.unit()).cast("string").as("unit"),
            number(period).as("period"),
            number(design.outcome()).as("outcome"),
            cluster.as("cluster"),
            adopted(design).as("adopted"),
            exposed(design).as("exposed"),
            array(design.covariates().stream().map(UnitHistories::number).toArray(Column[]::new))
                .cast("array<double>")
                .as("covariates"));
    Dataset<Row> lines =
        rows.groupBy("unit")
            .agg(
                sort_array(collect_list(struct("period", "outcome", "exposed", "covariates")))
                    .as("history"),
                min("adopted").as("adopted"),
                max("adopted").as("adopted_last"),
                count("adopted").as("adopted_rows"),
                min("cluster").as("cluster"),
                max("cluster").as("cluster_last"),
                count("cluster").as("cluster_rows"))
            .withColumn(
                "bucket", pmod(xxhash64(col("cluster")), lit(UnitHistory.BUCKETS)).cast("int"));
    int partitions =
        Math.min(UnitHistory.BUCKETS, panel.sparkSession().sparkContext().defaultParallelism());
    boolean exposure = design.treatment().filter(StudyDesign.Exposed.class::isInstance).isPresent();
    JavaRDD<UnitHistory> units =
        lines
            .repartition(partitions, col("bucket"))
            // By what was seen of a unit, not by its name: a new pseudonym changes no sum.
            .sortWithinPartitions("bucket", "cluster", "adopted", "history", "unit")
            .toJavaRDD()
            .mapPartitions(part -> read(part, exposure));
    return new UnitHistories(units.persist(StorageLevel.MEMORY_AND_DISK()));
  }

  JavaRDD<UnitHistory> units() {
    return units;
  }

  private static Column number(String name) {
    return col(name).cast(DataTypes.DoubleType);
  }

  private static Column adopted(StudyDesign design) {
    Column nothing = lit(null).cast(DataTypes.DoubleType);
    if (design.treatment().orElse(null) instanceof StudyDesign.Adopted how) {
      Column value = number(how.column());
      return how.never().isPresent() ? when(value.notEqual(how.never().getAsInt()), value) : value;
    }
    return nothing;
  }

  private static Column exposed(StudyDesign design) {
    return design.treatment().orElse(null) instanceof StudyDesign.Exposed how
        ? number(how.column())
        : lit(null).cast(DataTypes.DoubleType);
  }

  private static Iterator<UnitHistory> read(Iterator<Row> lines, boolean exposure) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return lines.hasNext();
      }

      @Override
      public UnitHistory next() {
        return read(lines.next(), exposure);
      }
    };
  }

  private static UnitHistory read(Row line, boolean exposure) {
    List<Row> history = line.getList(line.fieldIndex("history"));
    String unit = line.getAs("unit");
    UnitHistory.FaultSeen fault = UnitFaults.in(line, history, exposure);
    if (fault != null) {
      return new UnitHistory(
          0, unit, "", UnitHistory.NEVER, new int[0], new double[0], null, history.size(), fault);
    }
    Row[] seen = history.stream().filter(r -> !r.isNullAt(1)).toArray(Row[]::new);
    return new UnitHistory(
        line.getAs("bucket"),
        unit,
        line.getAs("cluster"),
        exposure ? firstExposed(history) : firstTreated(line),
        Arrays.stream(seen).mapToInt(r -> (int) r.getDouble(0)).toArray(),
        Arrays.stream(seen).mapToDouble(r -> r.getDouble(1)).toArray(),
        seen.length == 0 ? null : covariates(seen[0]),
        history.size(),
        null);
  }

  private static int firstTreated(Row line) {
    Double adopted = line.getAs("adopted");
    return adopted == null ? UnitHistory.NEVER : adopted.intValue();
  }

  private static int firstExposed(List<Row> history) {
    return history.stream()
        .filter(r -> r.getDouble(2) == 1)
        .mapToInt(r -> (int) r.getDouble(0))
        .findFirst()
        .orElse(UnitHistory.NEVER);
  }

  private static double[] covariates(Row first) {
    List<Double> values = first.getList(3);
    return values.contains(null)
        ? null
        : values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Override
  public void close() {
    units.unpersist(false);
  }
}
