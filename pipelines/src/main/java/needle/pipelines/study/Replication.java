package needle.pipelines.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Published figures beside Needle's own, from a folder with {@code published.csv} and the study
 * files it names.
 */
public final class Replication {
  /**
   * One figure.
   *
   * @param allowed by how much own may differ from published
   * @param own NaN when the study did not give the figure
   */
  public record Figure(
      String study,
      String method,
      String aggregation,
      String term,
      String figure,
      double published,
      double own,
      double allowed) {

    public boolean agrees() {
      return Math.abs(own - published) <= allowed;
    }
  }

  private final SparkSession spark;

  public Replication(SparkSession spark) {
    this.spark = spark;
  }

  /** Every published figure, in the order of the file. */
  public List<Figure> figures(Path folder) {
    List<Row> published =
        spark
            .read()
            .option("header", "true")
            .csv(folder.resolve("published.csv").toString())
            .selectExpr(
                "study",
                "method",
                "aggregation",
                "term",
                "figure",
                "cast(published as double)",
                "cast(tolerance as double)",
                "cast(relative as boolean)")
            .collectAsList();
    StudyRun runner = new StudyRun(spark);
    Map<String, Map<String, StudyRun.Table>> studies = new java.util.HashMap<>();
    List<Figure> figures = new ArrayList<>();
    for (Row row : published) {
      Map<String, StudyRun.Table> tables =
          studies.computeIfAbsent(
              row.getString(0), study -> runner.run(folder.resolve(study + ".yaml")));
      double value = row.getDouble(5);
      double tolerance = row.getDouble(6);
      figures.add(
          new Figure(
              row.getString(0),
              row.getString(1),
              row.getString(2),
              row.getString(3),
              row.getString(4),
              value,
              own(tables, row),
              row.getBoolean(7) ? tolerance * Math.abs(value) : tolerance));
    }
    return figures;
  }

  private static double own(Map<String, StudyRun.Table> tables, Row wanted) {
    boolean isCheck = wanted.getString(2).equals("diagnostic");
    StudyRun.Table table = tables.get(isCheck ? "diagnostics" : "effects");
    int first = table.schema().fieldIndex(isCheck ? "check" : "aggregation");
    int second = table.schema().fieldIndex(isCheck ? "statistic" : "term");
    int method = table.schema().fieldIndex("method");
    int figure = table.schema().fieldIndex(wanted.getString(4));
    String name = isCheck ? wanted.getString(3).split(":", 2)[0] : wanted.getString(2);
    String term = isCheck ? wanted.getString(3).split(":", 2)[1] : wanted.getString(3);
    return table.rows().stream()
        .filter(r -> r.getString(method).equals(wanted.getString(1)))
        .filter(r -> r.getString(first).equals(name) && r.getString(second).equals(term))
        .findFirst()
        .map(r -> r.isNullAt(figure) ? Double.NaN : r.getDouble(figure))
        .orElse(Double.NaN);
  }
}
