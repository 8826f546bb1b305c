package needle.silver;

import static needle.TextTable.text;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Stream;
import needle.GivenInputs;
import needle.NarrowRun;
import needle.SparkTest;
import needle.bronze.Crm;
import needle.bronze.Hris;
import needle.bronze.Lms;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class IdentitiesTest extends SparkTest {
  // 100 left and u1 went to 200; 300 has been there throughout; 400 came back under a new id.
  private static final String EMPLOYMENTS =
      """
      person_id_external | user_id | start_date | end_date   | last_modified_date_time
      100                | u1      | 2020-01-01 | 2022-06-30 | 2022-06-30T00:00:00Z
      200                | u1      | 2024-03-01 | 9999-12-31 | 2024-03-01T00:00:00Z
      300                | u3      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
      400                | u4      | 2020-01-01 | 2021-12-31 | 2021-12-31T00:00:00Z
      400                | u5      | 2023-01-01 | 9999-12-31 | 2023-01-01T00:00:00Z
      """;

  // 300 was renamed in May 2022; the address of 100 went to 200; a program's account is nobody.
  private static final String USERS =
      """
      id    | employee_number | federation_identifier | email       | is_active | is_shared | system_modstamp
      005A  | 100             | u1                    | jo@x.com    | true      |          | 2020-01-01T09:00:00Z
      005A  | 100             | u1                    | jo@x.com    | false     |          | 2022-06-30T17:00:00Z
      005B  | 200             | u1                    | Jo@x.com    | true      |          | 2024-03-01T09:00:00Z
      005C  | 300             | u3                    | kim.a@x.com | true      |          | 2020-01-01T09:00:00Z
      005C  |                 | u3                    | kim.b@x.com | true      |          | 2022-05-10T09:00:00Z
      005D  |                 | u5                    | lee@x.com   | true      |          | 2023-02-01T09:00:00Z
      005E  |                 |                       | api@x.com   | true      | true     | 2020-01-01T09:00:00Z
      005F  | 999             |                       | who@x.com   | true      |          | 2020-01-01T09:00:00Z
      005G  |                 |                       | new@x.com   | true      |           | 2020-01-01T09:00:00Z
      """;

  private static final String LEARNERS =
      """
      username | employee_number | email        | is_active | modified_at
      Kim      | 300             | kim.l@x.com  | true      | 2020-01-01T09:00:00Z
      """;

  private GivenInputs identified(String employments, String users) {
    return identified(employments, users, LEARNERS);
  }

  private GivenInputs identified(String employments, String users, String learners) {
    GivenInputs given =
        new GivenInputs(session())
            .table(Hris.EMP_EMPLOYMENT, employments)
            .table(Crm.USER, users)
            .table(Lms.ACCOUNT, learners);
    return given.table(Identities.TABLE, new Identities().transform(given).localCheckpoint());
  }

  /** Who is meant by {@code id@day}, or the reason why nobody is; one line per fact, as given. */
  private String who(GivenInputs given, System system, String... facts) {
    Dataset<Row> rows =
        session()
            .createDataFrame(
                Arrays.stream(facts)
                    .map(f -> f.split(" on ", 2))
                    .map(f -> RowFactory.create(f[0].isEmpty() ? null : f[0], f[1]))
                    .toList(),
                new StructType().add("id", "string").add("day", "string"))
            .withColumn("day", col("day").cast("date"));
    Dataset<Row> attributed = Identities.attribute(rows, given, system, col("id"), col("day"));
    assertThat(attributed.count()).as("no fact is lost or multiplied").isEqualTo(facts.length);
    return text(attributed, "id", "day", "coalesce(employee_id, unattributed_because)");
  }

  private String who(System system, String... facts) {
    return who(identified(EMPLOYMENTS, USERS), system, facts);
  }

  @Test
  void aReusedIdMeansWhoeverHeldItOnTheDay() {
    assertThat(
            who(
                System.HRIS_USER,
                "u1 on 2021-05-01",
                "u1 on 2022-06-30",
                "u1 on 2022-07-01",
                "u1 on 2024-05-01",
                "u9 on 2024-05-01"))
        .isEqualTo(
            """
            u1 | 2021-05-01 | #person:100
            u1 | 2022-06-30 | #person:100
            u1 | 2022-07-01 | not_valid_then
            u1 | 2024-05-01 | #person:200
            u9 | 2024-05-01 | unknown_id""");
  }

  @Test
  void aRehireIsTheSamePersonUnderBothIds() {
    assertThat(who(System.HRIS_USER, "u4 on 2021-05-01", "u5 on 2024-05-01"))
        .isEqualTo("u4 | 2021-05-01 | #person:400\nu5 | 2024-05-01 | #person:400");
    assertThat(who(System.EMPLOYEE_NUMBER, "400 on 2022-05-01", "400 on 2019-12-31"))
        .isEqualTo("400 | 2019-12-31 | not_valid_then\n400 | 2022-05-01 | #person:400");
  }

  @Test
  void anIdHeldByTwoPeopleAtOnceMeansNobody() {
    GivenInputs given =
        identified(
            """
            person_id_external | user_id | start_date | end_date   | last_modified_date_time
            100                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
            200                | u1      | 2020-01-01 | 9999-12-31 | 2024-03-01T00:00:00Z
            """,
            USERS);
    assertThat(who(given, System.HRIS_USER, "u1 on 2021-05-01", "u1 on 2019-05-01"))
        .isEqualTo("u1 | 2019-05-01 | not_valid_then\nu1 | 2021-05-01 | ambiguous");
  }

  @Test
  void aCorrectedHireDateIsNoSecondPerson() {
    GivenInputs given =
        identified(
            """
            person_id_external | user_id | start_date | end_date   | last_modified_date_time
            100                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
            100                | u1      | 2020-02-01 | 9999-12-31 | 2020-03-01T00:00:00Z
            """,
            USERS);
    assertThat(who(given, System.HRIS_USER, "u1 on 2020-05-01"))
        .isEqualTo("u1 | 2020-05-01 | #person:100");
  }

  @Test
  void aCorrectedHireDateEndsWithTheEmploymentAndKeepsTheAccount() {
    GivenInputs given =
        identified(
            """
            person_id_external | user_id | start_date | end_date   | last_modified_date_time
            100                | u1      | 2024-03-01 | 9999-12-31 | 2024-03-01T00:00:00Z
            100                | u1      | 2024-03-04 | 9999-12-31 | 2024-04-01T00:00:00Z
            100                | u1      | 2024-03-04 | 2024-09-30 | 2024-10-01T00:00:00Z
            200                | u1      | 2025-01-01 | 9999-12-31 | 2025-01-01T00:00:00Z
            """,
            """
            id   | employee_number | federation_identifier | is_active | system_modstamp
            005A |                 | u1                    | true      | 2024-05-01T00:00:00Z
            """);
    assertThat(who(given, System.HRIS_USER, "u1 on 2024-05-01", "u1 on 2025-05-01"))
        .isEqualTo("u1 | 2024-05-01 | #person:100\nu1 | 2025-05-01 | #person:200");
    assertThat(who(given, System.CRM_USER, "005A on 2024-06-01"))
        .isEqualTo("005A | 2024-06-01 | #person:100");
  }

  @Test
  void anAccountWithoutANumberIsItsLastOwnersUntilTheNextOneHasIt() {
    GivenInputs given =
        identified(
            """
            person_id_external | user_id | start_date | end_date   | last_modified_date_time
            100                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
            300                | u3      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
            """,
            """
            id   | employee_number | federation_identifier | is_active | system_modstamp
            005A |                 |                       | true      | 2023-12-01T00:00:00Z
            005A | 100             |                       | true      | 2024-01-01T00:00:00Z
            005A |                 |                       | true      | 2024-03-01T00:00:00Z
            005A | 300             |                       | true      | 2024-06-01T00:00:00Z
            """);
    assertThat(
            who(
                given,
                System.CRM_USER,
                "005A on 2023-12-15",
                "005A on 2024-04-01",
                "005A on 2024-06-01"))
        .isEqualTo(
            """
            005A | 2023-12-15 | #person:100
            005A | 2024-04-01 | #person:100
            005A | 2024-06-01 | #person:300""");
  }

  // 2,000 facts of an id that 2,000 people hold at once would be four million rows.
  @Test
  void factsAreNeitherMultipliedByOverlapsNorLostToOnePersonWithMost() {
    StringBuilder employments =
        new StringBuilder(
            "person_id_external | user_id | start_date | end_date | last_modified_date_time\n");
    java.time.LocalDate first = java.time.LocalDate.parse("2018-01-01");
    for (int person = 0; person < 2_000; person++) {
      employments.append(
          String.format(
              "%d | u1 | %s | 9999-12-31 | 2024-01-01T00:00:00Z\n",
              person, first.plusDays(person)));
    }
    employments.append("9999 | u2 | 2018-01-01 | 9999-12-31 | 2024-01-01T00:00:00Z\n");
    Dataset<Row> facts =
        session()
            .range(202_000)
            .selectExpr("if(id < 2000, 'u1', 'u2') as id", "date'2024-05-01' as day");
    Dataset<Row> who =
        Identities.attribute(
            facts,
            identified(employments.toString(), USERS),
            System.HRIS_USER,
            col("id"),
            col("day"));
    assertThat(text(who.groupBy("id", "employee_id").count(), "id", "employee_id", "count"))
        .isEqualTo("u1 |  | 2000\nu2 | #person:9999 | 200000");
  }

  @Test
  void theSameTextInTwoSystemsIsTwoIds() {
    assertThat(who(System.HRIS_USER, "005C on 2024-05-01"))
        .isEqualTo("005C | 2024-05-01 | unknown_id");
    assertThat(who(System.CRM_USER, "005C on 2024-05-01"))
        .isEqualTo("005C | 2024-05-01 | #person:300");
    assertThat(who(System.CRM_USER, "u3 on 2024-05-01")).isEqualTo("u3 | 2024-05-01 | unknown_id");
    assertThat(who(System.CRM_FEDERATION, "u3 on 2024-05-01"))
        .isEqualTo("u3 | 2024-05-01 | #person:300");
  }

  @Test
  void anAddressMeansItsOwnerWhileTheAccountCarriedIt() {
    assertThat(
            who(
                System.EMAIL,
                "kim.a@x.com on 2022-05-09",
                "kim.a@x.com on 2022-05-10",
                "kim.b@x.com on 2022-05-09",
                "KIM.B@x.com on 2022-05-10"))
        .isEqualTo(
            """
            KIM.B@x.com | 2022-05-10 | #person:300
            kim.a@x.com | 2022-05-09 | #person:300
            kim.a@x.com | 2022-05-10 | not_valid_then
            kim.b@x.com | 2022-05-09 | not_valid_then""");
  }

  @Test
  void anAddressThatWasGivenOutAgainMeansNobodyInBetween() {
    assertThat(
            who(
                System.EMAIL,
                "jo@x.com on 2019-12-31",
                "jo@x.com on 2022-06-30",
                "jo@x.com on 2023-01-01",
                "jo@x.com on 2024-03-01"))
        .isEqualTo(
            """
            jo@x.com | 2019-12-31 | not_valid_then
            jo@x.com | 2022-06-30 | #person:100
            jo@x.com | 2023-01-01 | not_valid_then
            jo@x.com | 2024-03-01 | #person:200""");
  }

  @Test
  void anAddressOfTwoNamesakesAtOnceMeansNeither() {
    GivenInputs given =
        identified(
            EMPLOYMENTS,
            """
            id   | employee_number | email    | is_active | system_modstamp
            005A | 100             | jo@x.com | true      | 2020-01-01T09:00:00Z
            005B | 300             | jo@x.com | true      | 2021-01-01T09:00:00Z
            """);
    assertThat(who(given, System.EMAIL, "jo@x.com on 2021-06-01"))
        .isEqualTo("jo@x.com | 2021-06-01 | ambiguous");
  }

  @Test
  void anAccountWithoutANumberIsWhoeverHeldItsFederationIdThen() {
    assertThat(who(System.CRM_USER, "005D on 2020-05-01", "005C on 2023-05-01"))
        .isEqualTo("005C | 2023-05-01 | #person:300\n005D | 2020-05-01 | #person:400");
  }

  private static final String WITHOUT_NUMBERS =
      """
      id   | email    | is_active | is_shared | system_modstamp
      005A | Jo@x.com | true      |           | 2023-06-01T09:00:00Z
      005B | la@x.com | true      |           | 2021-01-01T09:00:00Z
      005C | la@x.com | true      |           | 2024-05-01T09:00:00Z
      005D | we@x.com | true      |           | 2023-06-01T09:00:00Z
      005E | jo@x.com | true      | true      | 2023-06-01T09:00:00Z
      005F | jo@x.com | false     |           | 2023-06-01T09:00:00Z
      005G | kim@x.co | true      |           | 2020-01-01T09:00:00Z
      005G | kim@x.co | false     |           | 2023-06-01T09:00:00Z
      005H | kim@x.co | true      |           | 2023-06-01T09:00:00Z
      """;

  // la@x.com went from 100 to 200 in 2024; 100 and 300 share we@x.com; 999 is unknown to HR.
  private static final String CARRIERS =
      """
      username | employee_number | email    | is_active | modified_at
      jo       | 100             | jo@x.com | true      | 2024-01-10T09:00:00Z
      jo9      | 999             | jo@x.com | true      | 2024-01-10T09:00:00Z
      la       | 100             | la@x.com | true      | 2020-01-01T09:00:00Z
      la       | 100             | la@x.com | false     | 2022-06-30T09:00:00Z
      la2      | 200             | la@x.com | true      | 2024-03-01T09:00:00Z
      we1      | 100             | we@x.com | true      | 2020-01-01T09:00:00Z
      we3      | 300             | we@x.com | true      | 2020-01-01T09:00:00Z
      kim      | 300             | kim@x.co | true      | 2022-01-01T09:00:00Z
      kim      | 300             | kim@x.co | false     | 2023-05-31T09:00:00Z
      """;

  @Test
  void anAccountThatNoSourceNumbersIsThePersonWhoseAddressItCarries() {
    GivenInputs given = identified(EMPLOYMENTS, WITHOUT_NUMBERS, CARRIERS);
    assertThat(
            who(
                given,
                System.CRM_USER,
                "005A on 2023-05-01",
                "005B on 2024-06-01",
                "005C on 2024-06-01",
                "005D on 2024-06-01",
                "005E on 2024-06-01",
                "005F on 2024-06-01",
                "005G on 2023-07-01",
                "005H on 2023-07-01"))
        .isEqualTo(
            """
            005A | 2023-05-01 | #person:100
            005B | 2024-06-01 | #person:100
            005C | 2024-06-01 | #person:200
            005D | 2024-06-01 | no_number
            005E | 2024-06-01 | shared_account
            005F | 2024-06-01 | no_number
            005G | 2023-07-01 | #person:300
            005H | 2023-07-01 | no_number""");
    assertThat(who(given, System.EMAIL, "jo@x.com on 2023-06-02"))
        .as("an account that was found by its address says nothing of the address")
        .isEqualTo("jo@x.com | 2023-06-02 | not_valid_then");
  }

  @Test
  void anAddressOfAnotherCrmAccountServesAsWell() {
    GivenInputs given =
        identified(
            EMPLOYMENTS,
            """
            id        | employee_number | email    | is_active | system_modstamp
            zendesk:1 | 300             | jo@x.com | true      | 2023-01-01T09:00:00Z
            hubspot:1 |                 | jo@x.com | true      | 2023-06-01T09:00:00Z
            """);
    assertThat(who(given, System.CRM_USER, "hubspot:1 on 2023-07-01"))
        .isEqualTo("hubspot:1 | 2023-07-01 | #person:300");
  }

  @Test
  void aNarrowRunFindsEveryAccountWithoutANumberWhosePersonMoves() {
    String people = EMPLOYMENTS + "998 | u9 | 2020-01-01 | | 2020-01-01T00:00:00Z\n";
    // Who carries an address moves it to another, a closed account was closed later, and 999, whom
    // a carrier named, comes to be known.
    GivenInputs before = identified(people, WITHOUT_NUMBERS, CARRIERS);
    GivenInputs after =
        identified(
            people.replace("998 |", "999 |"),
            WITHOUT_NUMBERS,
            CARRIERS
                .replace("we1      | 100             | we@x.com", "we1 | 100 | we@x.org")
                .replace("false     | 2023-05-31", "false | 2023-06-30")
                .replace("la2      | 200", "la2 | 300"));
    String[] facts =
        Stream.of("A", "B", "C", "D", "H")
            .map(a -> "005" + a + " on 2024-06-01")
            .toArray(String[]::new);
    assertThat(who(before, System.CRM_USER, facts))
        .isEqualTo(
            """
            005A | 2024-06-01 | #person:100
            005B | 2024-06-01 | #person:100
            005C | 2024-06-01 | #person:200
            005D | 2024-06-01 | no_number
            005H | 2024-06-01 | no_number""");
    assertThat(who(after, System.CRM_USER, facts))
        .isEqualTo(
            """
            005A | 2024-06-01 | no_number
            005B | 2024-06-01 | #person:100
            005C | 2024-06-01 | #person:300
            005D | 2024-06-01 | #person:300
            005H | 2024-06-01 | #person:300""");
    NarrowRun.assertSameAsFull(new Identities(), before, after);
  }

  @Test
  void anAccountThatWasHandedOverMeansItsOwnerThen() {
    GivenInputs given =
        identified(
            EMPLOYMENTS,
            """
            id   | employee_number | is_active | system_modstamp
            005A | 100             | true      | 2020-01-01T09:00:00Z
            005A | 300             | true      | 2022-07-01T09:00:00Z
            """);
    assertThat(who(given, System.CRM_USER, "005A on 2022-06-30", "005A on 2022-07-01"))
        .isEqualTo("005A | 2022-06-30 | #person:100\n005A | 2022-07-01 | #person:300");
  }

  @Test
  void whatIsNobodysSaysSo() {
    assertThat(
            who(
                System.CRM_USER,
                " on 2024-05-01",
                "00G7 on 2024-05-01",
                "005E on 2024-05-01",
                "005F on 2024-05-01",
                "005G on 2024-05-01"))
        .isEqualTo(
            """
            005E | 2024-05-01 | shared_account
            005F | 2024-05-01 | unknown_id
            005G | 2024-05-01 | no_number
            00G7 | 2024-05-01 | shared_account
            | 2024-05-01 | no_id""");
    assertThat(
            who(
                System.EMAIL,
                "support@x.com on 2024-05-01",
                "test.user@x.com on 2024-05-01",
                "api@x.com on 2024-05-01"))
        .isEqualTo(
            """
            api@x.com | 2024-05-01 | unknown_id
            support@x.com | 2024-05-01 | shared_account
            test.user@x.com | 2024-05-01 | test_account""");
  }

  @Test
  void loginsAndAddressesOfTheLearningSystemAreIdsToo() {
    assertThat(who(System.LMS_USERNAME, "kim on 2024-05-01"))
        .isEqualTo("kim | 2024-05-01 | #person:300");
    assertThat(who(System.EMAIL, "kim.l@x.com on 2024-05-01"))
        .isEqualTo("kim.l@x.com | 2024-05-01 | #person:300");
  }

  @Test
  void twoPeopleUnderOneIdFromOneDayOnAreTwoRowsAndMeanNobody() {
    GivenInputs given =
        identified(
            """
            person_id_external | user_id | start_date | end_date   | last_modified_date_time
            100                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
            200                | u1      | 2020-01-01 | 9999-12-31 | 2020-01-01T00:00:00Z
            """,
            """
            id    | employee_number | federation_identifier | email    | is_active | system_modstamp
            005A  |                 | u1                    | jo@x.com | true      | 2020-01-01T09:00:00Z
            """);
    Dataset<Row> rows = given.rows(Identities.TABLE);
    Column[] grain = Identities.TABLE.grain().stream().map(k -> col(k)).toArray(Column[]::new);
    assertThat(rows.select(grain).distinct().count()).isEqualTo(rows.count());
    assertThat(who(given, System.HRIS_USER, "u1 on 2021-05-01"))
        .isEqualTo("u1 | 2021-05-01 | ambiguous");
  }
}
