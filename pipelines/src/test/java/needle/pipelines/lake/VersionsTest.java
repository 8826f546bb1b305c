package needle.pipelines.lake;

import static needle.TextTable.text;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import needle.SparkTest;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every version is read as Delta's own reader reads it, however it came about. */
class VersionsTest extends SparkTest {
  private static final String TABLE = "silver.hours";

  @TempDir static Path folder;
  private DeltaTables tables;

  // Ids in two months; eight versions, one of each kind.
  @BeforeAll
  void aTableThatHasSeenEverything() {
    tables = new DeltaTables(session(), folder.toString());
    tables.replace(TABLE, hours(0, 6, "first"), Stored.MONTH);
    tables.append(TABLE, hours(6, 9, "appended"), Stored.MONTH);
    tables.replace(TABLE, hours(0, 8, "replaced"), Stored.MONTH);
    tables.replaceWhere(
        TABLE,
        Stored.MONTH + " = '2024-02-01'",
        hours(0, 3, "replaced in part").where(col(Stored.MONTH).equalTo("2024-02-01")));
    tables
        .target(TABLE)
        .as("t")
        .merge(hours(2, 20, "merged").as("c"), "t.id = c.id")
        .whenMatched("c.id < 5")
        .delete()
        .whenMatched()
        .updateAll()
        .whenNotMatched()
        .insertAll()
        .execute();
    session()
        .sql(
            "alter table delta.`"
                + tables.path(TABLE)
                + "` set tblproperties (delta.enableDeletionVectors = true)");
    tables.target(TABLE).delete("id = 7");
    tables.restore(TABLE, 1);
  }

  private Dataset<Row> hours(int from, int until, String made) {
    return session()
        .range(from, until)
        .repartition(1)
        .select(
            col("id"),
            lit(made).as("made"),
            when(col("id").mod(2).equalTo(0), "2024-01-01")
                .otherwise("2024-02-01")
                .cast("date")
                .as(Stored.MONTH));
  }

  private Dataset<Row> asDeltaReads(long version) {
    return session().read().format("delta").option("versionAsOf", version).load(tables.path(TABLE));
  }

  @Test
  void asDeltasOwnReaderReadsIt() {
    assertThat(tables.version(TABLE)).isEqualTo(7);
    for (long version = 0; version <= 7; version++) {
      for (String part : new String[] {"true", "_month = '2024-02-01'", "id > 4", "id = 99"}) {
        assertThat(text(tables.at(TABLE, version).where(part), "id", "made", "_month"))
            .as("version " + version + " where " + part)
            .isEqualTo(text(asDeltaReads(version).where(part), "id", "made", "_month"));
      }
    }
    assertThat(text(tables.latest(TABLE), "id", "made"))
        .isEqualTo(text(tables.at(TABLE, 1), "id", "made"));
  }

  @Test
  void aVersionStandsBesideItself() {
    Dataset<Row> left = tables.at(TABLE, 1).as("l");
    Dataset<Row> right = tables.at(TABLE, 1).as("r");
    assertThat(left.join(right, col("l.id").equalTo(col("r.id").plus(1))).count()).isEqualTo(8);
  }

  @Test
  void whatACommitInsertedIsWhatItsFeedOfChangesSays() {
    for (long version = 1; version <= 6; version++) {
      Dataset<Row> fed =
          tables.changes(TABLE, version - 1, version).where("_change_type = 'insert'");
      assertThat(text(tables.inserted(TABLE, version), "id", "made", "_month"))
          .as("version " + version)
          .isEqualTo(text(fed, "id", "made", "_month"));
    }
    assertThat(text(tables.inserted(TABLE, 0), "id", "made"))
        .isEqualTo(text(tables.at(TABLE, 0), "id", "made"));
  }

  @Test
  void changedRowsAreThoseOfTheFeed() {
    for (long[] between :
        new long[][] {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}, {6, 7}, {0, 7}}) {
      assertThat(text(tables.changedRows(TABLE, between[0], between[1]), "id", "made", "_month"))
          .as("after " + between[0] + " up to " + between[1])
          .isEqualTo(text(tables.changes(TABLE, between[0], between[1]), "id", "made", "_month"));
    }
  }
}
