package needle.silver;

import static needle.TextTable.text;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import needle.GivenInputs;
import needle.SparkTest;
import needle.bronze.Crm;
import needle.bronze.Hris;
import needle.silver.Identities.System;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class IdentitiesTest extends SparkTest {
  private static final String EMPLOYMENTS =
      """
      person_id_external | user_id | start_date | end_date   | last_modified_date_time
      100                | u1      | 2020-01-01 | 2022-06-30 | 2022-06-30T00:00:00Z
      200                | u1      | 2024-03-01 | 9999-12-31 | 2024-03-01T00:00:00Z
      300                | u3      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
      """;

  private GivenInputs identified(String employments) {
    GivenInputs given =
        new GivenInputs(session())
            .table(Hris.EMP_EMPLOYMENT, employments)
            .table(
                Crm.USER,
                """
                id  | employee_number | system_modstamp
                005 | 300             | 2024-01-01T00:00:00Z
                """);
    return given.table(Identities.TABLE, new Identities().transform(given));
  }

  private Dataset<Row> facts(String... idAndDate) {
    return session()
        .createDataFrame(
            java.util.Arrays.stream(idAndDate)
                .map(f -> org.apache.spark.sql.RowFactory.create(f.split("@")[0], f.split("@")[1]))
                .toList(),
            new org.apache.spark.sql.types.StructType().add("id", "string").add("day", "string"))
        .withColumn("day", col("day").cast("date"));
  }

  @Test
  void aReusedIdMeansWhoeverHeldItOnTheDay() {
    Dataset<Row> who =
        Identities.attribute(
            facts("u1@2021-05-01", "u1@2023-05-01", "u1@2024-05-01", "u9@2024-05-01"),
            identified(EMPLOYMENTS),
            System.HRIS_USER,
            col("id"),
            col("day"));
    assertThat(text(who, "id", "day", "employee_id"))
        .isEqualTo(
            """
            u1 | 2021-05-01 | #person:100
            u1 | 2023-05-01 |
            u1 | 2024-05-01 | #person:200
            u9 | 2024-05-01 |""");
  }

  @Test
  void theLastDayOfEmploymentStillCounts() {
    Dataset<Row> who =
        Identities.attribute(
            facts("u1@2022-06-30", "u1@2022-07-01"),
            identified(EMPLOYMENTS),
            System.HRIS_USER,
            col("id"),
            col("day"));
    assertThat(text(who, "day", "employee_id")).isEqualTo("2022-06-30 | #person:100\n2022-07-01 |");
  }

  @Test
  void anIdHeldByTwoPeopleAtOnceMeansNobody() {
    GivenInputs given =
        identified(
            """
            person_id_external | user_id | start_date | end_date   | last_modified_date_time
            100                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
            200                | u1      | 2024-03-01 | 9999-12-31 | 2024-03-01T00:00:00Z
            """);
    Dataset<Row> who =
        Identities.attribute(
            facts("u1@2021-05-01", "u1@2024-05-01"),
            given,
            System.HRIS_USER,
            col("id"),
            col("day"));
    assertThat(text(who, "employee_id")).isEqualTo("\n");
    assertThat(who.count()).isEqualTo(2);
  }

  @Test
  void theSameTextInTwoSystemsIsTwoIds() {
    Dataset<Row> who =
        Identities.attribute(
            facts("005@2024-05-01"),
            identified(EMPLOYMENTS),
            System.HRIS_USER,
            col("id"),
            col("day"));
    assertThat(text(who, "employee_id")).isEmpty();
    Dataset<Row> inCrm =
        Identities.attribute(
            facts("005@2024-05-01"),
            identified(EMPLOYMENTS),
            System.CRM_USER,
            col("id"),
            col("day"));
    assertThat(text(inCrm, "employee_id")).isEqualTo("#person:300");
  }
}
