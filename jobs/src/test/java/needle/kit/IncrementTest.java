package needle.kit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.upper;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class IncrementTest {
  private static final Increment PER_ID_AND_MONTH = Increment.per("source_id", "month");

  @Test
  void aUnitIsStoredUnderItsOwnNamesAndThoseThatStandForThem() {
    Increment hashed = PER_ID_AND_MONTH.storing("source_id", "key", in -> upper(col("source_id")));
    assertThat(hashed.storedNames()).containsExactly("month", "key");
    assertThat(hashed.unitNames()).containsExactly("source_id", "month");
  }

  // Else the rows that are held would be looked for by one column's values in the other.
  @Test
  void anotherColumnOfTheUnitDoesNotStandForIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PER_ID_AND_MONTH.storing("source_id", "month", in -> col("source_id")))
        .withMessageContaining("month is a column of the unit");
  }
}
