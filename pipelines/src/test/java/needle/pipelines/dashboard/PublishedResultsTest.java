package needle.pipelines.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class PublishedResultsTest {
  private static final StructType SCHEMA = StructType.fromDDL("rank bigint, verdict string");

  private static List<Row> ranked(String... verdicts) {
    return IntStream.range(0, verdicts.length)
        .<Row>mapToObj(i -> new GenericRowWithSchema(new Object[] {i + 1L, verdicts[i]}, SCHEMA))
        .toList();
  }

  @Test
  void harmIsAmongTheForemostFindingsHoweverItRanks() {
    assertThat(
            PublishedResults.foremost(
                ranked("works", "no_effect", "works", "harms", "cant_tell", "harms"), 3))
        .extracting(row -> row.<Long>getAs("rank"))
        .containsExactly(1L, 2L, 3L, 4L, 6L);
    assertThat(PublishedResults.foremost(ranked("works"), 3)).hasSize(1);
  }
}
