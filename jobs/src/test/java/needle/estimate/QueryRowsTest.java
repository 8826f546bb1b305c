package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import needle.SparkTest;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a query's rows hold, read from a file's columns or as Spark computes them. */
class QueryRowsTest extends SparkTest {
  private static final StructType SCHEMA =
      new StructType().add("name", "string").add("whole", "bigint").add("number", "double");

  @TempDir Path folder;

  // More than Spark reads at a time, with gaps.
  private Dataset<Row> file() {
    String path = folder.resolve("panel").toString();
    session()
        .range(0, 10_000, 1, 2)
        .select(
            when(col("id").mod(7).notEqual(0), functions.concat(lit("n"), col("id"))).as("name"),
            when(col("id").mod(5).notEqual(0), col("id").cast("int")).as("whole"),
            when(col("id").mod(3).notEqual(0), col("id").divide(8)).as("number"))
        .write()
        .parquet(path);
    return session().read().parquet(path);
  }

  private static Dataset<Row> selected(Dataset<Row> rows) {
    return rows.select(
        col("name"),
        col("whole").cast("bigint").as("whole"),
        when(col("number").notEqual(1), col("number")).as("number"));
  }

  private static String told(InternalRow row) {
    return Arrays.asList(
            QueryRows.text(row.isNullAt(0) ? null : row.getUTF8String(0)),
            row.isNullAt(1) ? null : row.getLong(1),
            row.isNullAt(2) ? null : row.getDouble(2))
        .toString();
  }

  private static String told(Row row) {
    return Arrays.asList(row.get(0), row.get(1), row.get(2)).toString();
  }

  private static void areAll(Dataset<Row> query) {
    List<String> expected = query.collectAsList().stream().map(QueryRowsTest::told).toList();
    assertThat(expected).isNotEmpty();
    assertThat(QueryRows.<String>each(query, QueryRowsTest::told).collect())
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void columnsOfAFileAreItsRows() {
    areAll(selected(file()));
  }

  @Test
  void soAreRowsThatHadToBeComputed() {
    Dataset<Row> file = file();
    areAll(selected(file.where("whole > 20")));
    areAll(selected(file.orderBy("number", "whole", "name").limit(50)));
    areAll(selected(file.persist()));
  }

  @Test
  void rowsBecomeAQuery() {
    Dataset<Row> query =
        QueryRows.query(
            session(),
            QueryRows.each(
                session().range(3).toDF(),
                row ->
                    InternalRow.apply(
                        scala.jdk.javaapi.CollectionConverters.asScala(
                                Arrays.<Object>asList(
                                    row.getLong(0) == 1 ? null : UTF8String.fromString("a"),
                                    row.getLong(0),
                                    0.5))
                            .toSeq())),
            SCHEMA);
    assertThat(query.collectAsList().stream().map(QueryRowsTest::told))
        .containsExactlyInAnyOrder("[a, 0, 0.5]", "[null, 1, 0.5]", "[a, 2, 0.5]");
  }
}
