package needle.estimate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import needle.estimate.UnitHistory.FaultSeen;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** A panel as one line per unit, with several programs; held in memory until closed. */
final class ExposedUnits implements AutoCloseable {
  static final int MOST_SEGMENTS = 100;

  /** Where a segment's name is missing. */
  static final String NO_SEGMENT = "unknown";

  private final JavaRDD<ExposedUnit> units;
  private final List<String> segments;

  private ExposedUnits(JavaRDD<ExposedUnit> units, List<String> segments) {
    this.units = units;
    this.segments = segments;
  }

  static ExposedUnits of(
      Dataset<Row> panel, StudyDesign design, List<String> programs, List<String> segmentColumns) {
    String period = design.period().orElseThrow();
    Column segment =
        array_join(
            array(
                segmentColumns.stream()
                    .map(c -> coalesce(col(c).cast("string"), lit(NO_SEGMENT)))
                    .toArray(Column[]::new)),
            " / ");
    Dataset<Row> rows =
        panel.select(
            col(design.unit()).cast("string").as("unit"),
            PanelColumns.number(period).as("period"),
            col(design.cluster().orElse(design.unit())).cast("string").as("cluster"),
            PanelColumns.number(design.outcome()).as("y"),
            array(programs.stream().map(PanelColumns::number).toArray(Column[]::new)).as("d"),
            (segmentColumns.isEmpty() ? lit("") : segment).as("segment"));
    List<String> segments = segmentColumns.isEmpty() ? List.of() : segments(rows);
    Map<String, Integer> numbers = new HashMap<>();
    segments.forEach(name -> numbers.put(name, numbers.size()));
    Row earliest = rows.agg(min("period")).first();
    double begin = earliest.isNullAt(0) ? Double.NaN : earliest.getDouble(0);
    Dataset<Row> grouped =
        rows.groupBy("unit")
            .agg(
                sort_array(collect_list(struct("period", "cluster", "y", "d", "segment")))
                    .as("rows"))
            .withColumn("cluster", col("rows").getItem(0).getField("cluster"))
            .withColumn(
                "bucket",
                OrderedSums.bucket(coalesce(col("cluster"), lit("")).cast(DataTypes.StringType)));
    JavaRDD<ExposedUnit> units =
        OrderedSums.inBuckets(grouped, "cluster", "rows", "unit")
            .toJavaRDD()
            .map(row -> unit(row, programs.size(), begin, numbers));
    return new ExposedUnits(HeldUnits.of(units), segments);
  }

  private static List<String> segments(Dataset<Row> rows) {
    List<String> names =
        rows.select("segment").distinct().limit(MOST_SEGMENTS + 1).collectAsList().stream()
            .map(r -> r.getString(0))
            .sorted()
            .toList();
    if (names.size() > MOST_SEGMENTS) {
      throw new InvalidInput(
          "There are too many segments",
          "the columns have more than " + MOST_SEGMENTS + " combinations of values",
          "name fewer or coarser columns");
    }
    return names;
  }

  private static ExposedUnit unit(
      Row line, int programs, double begin, Map<String, Integer> segments) {
    String name = line.getAs("unit");
    List<Row> rows = line.getList(line.fieldIndex("rows"));
    FaultSeen fault = fault(name, rows, programs);
    if (fault != null) {
      return new ExposedUnit(
          line.getAs("bucket"), name, "", null, null, null, null, rows.size(), fault);
    }
    int[] first = new int[programs];
    for (int p = 0; p < programs; p++) {
      first[p] = UnitHistory.NEVER;
      for (int r = rows.size() - 1; r >= 0; r--) {
        if (exposure(rows.get(r), p) == 1) {
          double period = rows.get(r).getDouble(0);
          first[p] = period == begin ? ExposedUnit.BEFORE : (int) period;
        }
      }
    }
    List<Row> seen = rows.stream().filter(r -> !r.isNullAt(2)).toList();
    return new ExposedUnit(
        line.getAs("bucket"),
        name,
        line.getAs("cluster"),
        seen.stream().mapToInt(r -> (int) r.getDouble(0)).toArray(),
        seen.stream().mapToDouble(r -> r.getDouble(2)).toArray(),
        first,
        seen.stream().mapToInt(r -> segments.getOrDefault(r.getString(4), -1)).toArray(),
        rows.size(),
        null);
  }

  private static double exposure(Row row, int program) {
    Double exposure = row.<Double>getList(3).get(program);
    return exposure == null ? Double.NaN : exposure;
  }

  private static FaultSeen fault(String unit, List<Row> rows, int programs) {
    if (unit == null) {
      return new FaultSeen(PanelFault.UNIT_MISSING, rows.size(), "no unit");
    }
    for (int r = 0; r < rows.size(); r++) {
      Row row = rows.get(r);
      if (row.isNullAt(0) || row.getDouble(0) != Math.rint(row.getDouble(0))) {
        return new FaultSeen(PanelFault.PERIOD_NOT_WHOLE, 1, unit);
      }
      if (!PanelFault.isInRange(row.getDouble(0))) {
        return new FaultSeen(PanelFault.PERIOD_TOO_LARGE, 1, unit);
      }
      if (row.isNullAt(1)) {
        return new FaultSeen(PanelFault.CLUSTER_MISSING, 1, unit);
      }
      if (!row.isNullAt(2) && !Double.isFinite(row.getDouble(2))) {
        return new FaultSeen(PanelFault.OUTCOME_NOT_FINITE, 1, unit);
      }
      if (r > 0 && row.getDouble(0) == rows.get(r - 1).getDouble(0)) {
        return new FaultSeen(PanelFault.DUPLICATE, 1, unit);
      }
      if (r > 0 && !row.getString(1).equals(rows.get(r - 1).getString(1))) {
        return new FaultSeen(PanelFault.CLUSTER_CHANGES, 1, unit);
      }
      for (int p = 0; p < programs; p++) {
        double exposure = exposure(row, p);
        if (Double.isNaN(exposure)) {
          return new FaultSeen(PanelFault.EXPOSURE_MISSING, 1, unit);
        }
        if (exposure != 0 && exposure != 1) {
          return new FaultSeen(PanelFault.EXPOSURE_NOT_BINARY, 1, unit);
        }
        if (r > 0 && exposure < exposure(rows.get(r - 1), p)) {
          return new FaultSeen(PanelFault.EXPOSURE_ENDS, 1, unit);
        }
      }
    }
    return null;
  }

  JavaRDD<ExposedUnit> units() {
    return units;
  }

  /** The names of the segments, by their numbers. */
  List<String> segments() {
    return segments;
  }

  @Override
  public void close() {
    units.unpersist(false);
  }
}
