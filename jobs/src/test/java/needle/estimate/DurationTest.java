package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import needle.SparkTest;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * Tables of durations: a published trial, and people who enter late and are trained at any time.
 */
abstract class DurationTest extends SparkTest {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          "unit string, team string, d int, x double, start double, end double, event int,"
              + " trained double");

  Dataset<Row> table(List<Row> rows) {
    return session().createDataFrame(rows, COLUMNS);
  }

  static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "end").exposed("d");
  }

  private static Row person(int i) {
    double x = (i * 37 % 60) / 10.0 - 3 + 0.05;
    int d = i * 17 % 23 + 3 * x > 11 ? 1 : 0;
    double end = Math.rint((1 + i * 29 % 31 * 0.5 + 0.7 * d + 0.3 * Math.abs(x)) * 10) / 10;
    double start = i % 6 == 0 ? 0.5 + i % 4 * 0.25 : 0;
    Double trained = i % 3 == 0 ? null : i * 11 % 17 * 0.5;
    return RowFactory.create(
        "u" + i, "t" + i % 12, d, x, start, end, i * 7 % 5 != 0 ? 1 : 0, trained);
  }

  Dataset<Row> people() {
    return table(IntStream.range(0, 60).mapToObj(DurationTest::person).toList());
  }

  /** Weeks in remission under 6-mercaptopurine and placebo (Freireich et al. 1963). */
  Dataset<Row> leukaemia() {
    int[] drug = {6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35};
    int[] relapse = {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0};
    int[] placebo = {1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23};
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      rows.add(RowFactory.create("d" + i, "t", 1, 0.0, 0.0, (double) drug[i], relapse[i], null));
      rows.add(RowFactory.create("p" + i, "t", 0, 0.0, 0.0, (double) placebo[i], 1, null));
    }
    return table(rows);
  }
}
