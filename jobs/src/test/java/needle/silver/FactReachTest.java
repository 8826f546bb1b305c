package needle.silver;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import needle.GivenInputs;
import needle.SparkTest;
import needle.bronze.Hris;
import needle.silver.Identities.System;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every fact that a change of the map gives to somebody else is reached, and few others are. */
class FactReachTest extends SparkTest {
  private static final String HEADER =
      "person_id_external | user_id | start_date | end_date | last_modified_date_time\n";
  private static final String STAYS = "300 | u3 | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z\n";
  private static final String NOBODY = "none";

  private GivenInputs given(String employments) {
    String text = STAYS + (employments.equals(NOBODY) ? "" : employments.replace(';', '\n') + "\n");
    GivenInputs given = new GivenInputs(session()).table(Hris.EMP_EMPLOYMENT, HEADER + text);
    return given.table(Identities.TABLE, new Identities().transform(given).localCheckpoint());
  }

  // Each id on the first of every month of four years, and without a day.
  private Dataset<Row> facts() {
    List<Row> rows = new ArrayList<>();
    for (String id : List.of("u1", "u2", "u3")) {
      rows.add(RowFactory.create(id, null));
      for (LocalDate day = LocalDate.parse("2020-01-01");
          day.isBefore(LocalDate.parse("2024-01-01"));
          day = day.plusMonths(1)) {
        rows.add(RowFactory.create(id, day.toString()));
      }
    }
    return session()
        .createDataFrame(rows, new StructType().add("id", "string").add("day", "string"))
        .withColumn("day", col("day").cast("date"));
  }

  private Map<String, String> attributed(GivenInputs given) {
    Map<String, String> found = new TreeMap<>();
    Identities.attribute(facts(), given, System.HRIS_USER, col("id"), col("day"))
        .collectAsList()
        .forEach(
            r ->
                found.put(
                    r.getString(0) + " on " + r.get(1),
                    r.getAs("employee_id") + " " + r.getAs("unattributed_because")));
    return found;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "somebody leaves"
        + ",100 | u1 | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z"
        + ",100 | u1 | 2020-01-01 | 2023-06-30 | 2023-07-01T00:00:00Z"
        + ",6",
    "the end of a spell is corrected"
        + ",100 | u1 | 2020-01-01 | 2022-06-30 | 2022-06-30T00:00:00Z"
        + ",100 | u1 | 2020-01-01 | 2022-03-31 | 2022-09-01T00:00:00Z"
        + ",3",
    "an id comes to be known"
        + ",none"
        + ",100 | u1 | 2023-10-01 | 9999-12-31 | 2023-10-01T00:00:00Z"
        + ",48",
    "an id is given out again"
        + ",100 | u1 | 2020-01-01 | 2021-12-31 | 2021-12-31T00:00:00Z"
        + ",100 | u1 | 2020-01-01 | 2021-12-31 | 2021-12-31T00:00:00Z;"
        + "200 | u1 | 2023-07-01 | 9999-12-31 | 2023-07-01T00:00:00Z"
        + ",6",
    "an id comes to mean two people"
        + ",100 | u1 | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z"
        + ",100 | u1 | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z;"
        + "200 | u1 | 2023-07-01 | 9999-12-31 | 2023-07-01T00:00:00Z"
        + ",48",
    "the first day is corrected"
        + ",100 | u1 | 2022-01-01 | 9999-12-31 | 2022-01-01T00:00:00Z"
        + ",100 | u1 | 2022-05-01 | 9999-12-31 | 2022-06-01T00:00:00Z"
        + ",48",
    "nothing changes"
        + ",100 | u1 | 2022-01-01 | 9999-12-31 | 2022-01-01T00:00:00Z"
        + ",100 | u1 | 2022-01-01 | 9999-12-31 | 2022-06-01T00:00:00Z"
        + ",0",
  })
  void reachesEveryFactThatMeansSomebodyElse(
      String what, String before, String after, int mostReached) {
    GivenInputs then = given(before);
    GivenInputs now = given(after);
    Dataset<Row> held = then.rows(Identities.TABLE);
    Dataset<Row> due = now.rows(Identities.TABLE);
    Dataset<Row> changed = held.exceptAll(due).unionAll(due.exceptAll(held));
    Map<String, String> attributedThen = attributed(then);
    Set<String> moved = new TreeSet<>();
    attributed(now)
        .forEach(
            (fact, means) -> {
              if (!means.equals(attributedThen.get(fact))) {
                moved.add(fact);
              }
            });
    Set<String> reached = new TreeSet<>();
    FactReach.of(changed, now, facts(), System.HRIS_USER, col("id"), col("day"))
        .collectAsList()
        .forEach(r -> reached.add(r.getString(0) + " on " + r.get(1)));
    assertThat(reached).containsAll(moved);
    reached.removeIf(f -> f.endsWith("null"));
    assertThat(reached).hasSize(mostReached).allMatch(f -> f.startsWith("u1"));
  }
}
