package needle.pipelines.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import needle.SparkTest;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class KeyRangesTest extends SparkTest {
  private static final Column ID = format_string("D-%08d", col("id")).as("deal_id");

  @Test
  void newKeysLieAmongNewRows() {
    Dataset<Row> history = session().range(0, 100_000, 1, 4).select(ID);
    Dataset<Row> keys = session().range(99_000, 100_000, 7, 3).select(ID);
    Dataset<Row> near = history.where(KeyRanges.of(keys).mayHold("deal_id", col("deal_id")));
    assertThat(near.count()).isBetween(keys.count(), 1_000L);
    assertThat(keys.except(near).count()).isZero();
  }

  @Test
  void emptyKeysArePassedOver() {
    Dataset<Row> keys =
        session().range(1).select(ID).union(session().range(1).select(lit(null).cast("string")));
    assertThat(
            session()
                .range(3)
                .select(ID)
                .where(KeyRanges.of(keys).mayHold("deal_id", col("deal_id")))
                .count())
        .isEqualTo(1);
  }

  @Test
  void whatHasNoRangesMayHoldAnything() {
    KeyRanges none =
        KeyRanges.of(session().range(0).select(concat(col("id"), lit("")).as("deal_id")));
    assertThat(session().range(3).select(ID).where(none.mayHold("deal_id", col("deal_id"))).count())
        .isEqualTo(3);
    assertThat(session().range(3).where(none.mayHold("other", col("id"))).count()).isEqualTo(3);
  }
}
