package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.types.StructType;
import scala.Function1;

/**
 * Which absorbed column is swept out, and the levels of the others, which become dummies.
 *
 * @param clusters the columns by which errors are clustered
 * @param levels of each other column, in order
 */
record AbsorbedLayout(
    String swept, List<String> clusters, List<String> others, List<List<Level>> levels) {
  static final int MOST_DUMMIES = 500;

  /**
   * A level of a column.
   *
   * @param isWithin for each way of clustering, whether its rows are in one cluster
   */
  record Level(Object value, String name, boolean[] isWithin) {
    /** As panels are mostly stored: numbers by size, everything else by name. */
    static final Comparator<Level> ORDER =
        Comparator.comparingDouble(Level::size).thenComparing(Level::name);

    private double size() {
      return value instanceof Number number ? number.doubleValue() : 0;
    }
  }

  /** What errors are clustered by: the unit, where nothing is said. */
  static List<String> clusters(StudyDesign design) {
    return design.clusters().isEmpty() ? List.of(design.unit()) : design.clusters();
  }

  static AbsorbedLayout of(
      Dataset<Row> complete, StudyDesign design, AbsorbedModel model, String swept) {
    List<String> clusters = clusters(design);
    List<String> others = model.absorbed().stream().filter(a -> !a.equals(swept)).toList();
    return new AbsorbedLayout(
        swept,
        clusters,
        others,
        others.stream().map(column -> levels(complete, column, clusters)).toList());
  }

  private static List<Level> levels(Dataset<Row> complete, String column, List<String> clusters) {
    List<Column> ends = new ArrayList<>();
    for (String cluster : clusters) {
      ends.add(min(cluster));
      ends.add(max(cluster));
    }
    return complete
        .groupBy(col(column).as("level"))
        .agg(ends.get(0), ends.subList(1, ends.size()).toArray(Column[]::new))
        .withColumn("name", col("level").cast("string"))
        .limit(MOST_DUMMIES + 1)
        .collectAsList()
        .stream()
        .map(row -> level(row, clusters.size()))
        .sorted(Level.ORDER)
        .toList();
  }

  private static Level level(Row row, int ways) {
    boolean[] isWithin = new boolean[ways];
    for (int w = 0; w < ways; w++) {
      isWithin[w] = Objects.equals(row.get(1 + 2 * w), row.get(2 + 2 * w));
    }
    return new Level(row.get(0), row.getString(row.size() - 1), isWithin);
  }

  /** Whether no column has more levels than can become dummies. */
  boolean isNarrow() {
    return levels.stream().allMatch(l -> l.size() <= MOST_DUMMIES);
  }

  /** The groups as a regression takes them. */
  AbsorbedRows rows(JavaRDD<AbsorbedGroup> groups, AbsorbedModel model) {
    List<List<String>> names =
        levels.stream().map(of -> of.stream().map(Level::name).toList()).toList();
    boolean[] nested = new boolean[others.size()];
    for (int c = 0; c < nested.length; c++) {
      for (int w = 0; w < clusters.size(); w++) {
        int way = w;
        nested[c] |= levels.get(c).stream().allMatch(level -> level.isWithin()[way]);
      }
    }
    return new AbsorbedRows(
        groups,
        AbsorbedTerms.of(others, names, model.regressors()),
        nested,
        clusters.equals(List.of(swept)));
  }

  /** The rows by level of the column that is swept out, in whole buckets. */
  JavaRDD<AbsorbedGroup> groups(
      Dataset<Row> rows, StudyDesign design, AbsorbedModel model, Column isComplete) {
    List<String> coarser = clusters.stream().filter(c -> !c.equals(swept)).toList();
    List<Column> numbers = new ArrayList<>();
    numbers.add(PanelColumns.number(design.outcome()));
    numbers.add(model.exposure().map(PanelColumns::number).orElse(lit(1.0)));
    model.regressors().forEach(x -> numbers.add(PanelColumns.number(x)));
    Column[] columns =
        Stream.of(
                Stream.of(HeldName.column(rows.schema(), swept), isComplete),
                coarser.stream().map(c -> HeldName.column(rows.schema(), c)),
                others.stream().map(o -> col(o)),
                numbers.stream())
            .flatMap(part -> part)
            .toArray(Column[]::new);
    Dataset<Row> read = rows.select(columns);
    AbsorbedPacking packing =
        new AbsorbedPacking(read.schema(), coarser.size(), positions(rows.schema()));
    boolean[] bySwept = new boolean[clusters.size()];
    for (int w = 0; w < bySwept.length; w++) {
      bySwept[w] = clusters.get(w).equals(swept);
    }
    AbsorbedPacking.Ways ways = new AbsorbedPacking.Ways(bySwept);
    Dataset<Row> packed =
        QueryRows.query(
            rows.sparkSession(), QueryRows.map(read, packing::packed), AbsorbedPacking.SCHEMA);
    return QueryRows.map(
        OrderedSums.inBuckets(packed, "group"), records -> packing.groups(records, ways));
  }

  // As Spark holds values while it computes: text and dates are other things there.
  private List<Map<Object, Integer>> positions(StructType schema) {
    List<Map<Object, Integer>> positions = new ArrayList<>();
    for (int c = 0; c < levels.size(); c++) {
      Function1<Object, Object> held =
          CatalystTypeConverters.createToCatalystConverter(schema.apply(others.get(c)).dataType());
      Map<Object, Integer> position = new HashMap<>();
      levels.get(c).forEach(level -> position.put(held.apply(level.value()), position.size()));
      positions.add(position);
    }
    return positions;
  }
}
