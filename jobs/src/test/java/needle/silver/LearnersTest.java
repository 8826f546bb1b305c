package needle.silver;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import needle.SparkTest;
import org.junit.jupiter.api.Test;

class LearnersTest extends SparkTest {
  @Test
  void theLearnerIsWhomTheRecordIsAbout() {
    var rows =
        session()
            .sql(
                """
                select * from values
                  ('alone', 5L, null, null),
                  ('zeroes', 5L, 0L, 0L),
                  ('by an administrator', 2L, 5L, null),
                  ('logged in as the learner', 5L, null, 2L),
                  ('both', 2L, 5L, 2L),
                  ('about oneself', 5L, 5L, null),
                  ('by nobody', null, null, null)
                  as log(what, user_id, related_user_id, real_user_id)
                """);
    assertThat(text(Learners.named(rows), "what", "learner", "is_recorded_by_another"))
        .isEqualTo(
            """
            about oneself | 5 | false
            alone | 5 | false
            both | 5 | true
            by an administrator | 5 | true
            by nobody |  | false
            logged in as the learner | 5 | true
            zeroes | 5 | false""");
  }

  @Test
  void aSourceThatKnowsTheActingAccountOnlyIsReadAlike() {
    var rows = session().sql("select * from values ('5'), ('') as log(user_id)");
    assertThat(text(Learners.named(rows), "learner", "is_recorded_by_another"))
        .isEqualTo("5 | false\n| false");
  }
}
