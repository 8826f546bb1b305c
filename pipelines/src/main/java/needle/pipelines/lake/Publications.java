package needle.pipelines.lake;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.INSTANT;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static org.apache.spark.sql.functions.col;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import needle.kit.Layer;
import needle.kit.Period;
import needle.kit.TableContract;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;

/**
 * The pointer that readers follow: its newest row names, for every table, the version that the last
 * published run made.
 *
 * <p>Publishing appends one row in one Delta commit, so all tables of a run become visible
 * together.
 */
public final class Publications {
  public static final TableContract TABLE =
      TableContract.table(Layer.OPS, "publications", "Which version of every table readers see")
          .oneRowPer("sequence")
          .column("sequence", WHOLE, "Counts up; the highest is in force")
          .column("run_id", TEXT, "The published run")
          .column("published_at", INSTANT, "When")
          .column("period_start", DATE, "First day that the run covers")
          .column("period_end", DATE, "Last day that the run covers")
          .column("code_version", TEXT, "Version of the code that ran")
          .column("config_hash", TEXT, "Hash of contracts, KPIs and plans")
          .column("key_version", TEXT, "Check value of the pseudonym key")
          .nested(
              "table_versions",
              DataTypes.createMapType(DataTypes.StringType, DataTypes.LongType),
              "Delta version of each table");

  /** One published run. */
  public record Publication(
      long sequence,
      String runId,
      java.time.Instant publishedAt,
      Period period,
      String codeVersion,
      String keyVersion,
      Map<String, Long> tableVersions) {}

  private final DeltaTables tables;

  public Publications(DeltaTables tables) {
    this.tables = tables;
  }

  /** The publication in force, if anything was published yet. */
  public Optional<Publication> current() {
    if (!tables.exists(TABLE.qualifiedName())) {
      return Optional.empty();
    }
    List<Row> newest =
        tables
            .latest(TABLE.qualifiedName())
            .orderBy(col("sequence").desc())
            .limit(1)
            .collectAsList();
    return newest.stream().findFirst().map(Publications::toPublication);
  }

  /**
   * Publishes table versions; tables that the run did not stage keep the version that was in force.
   */
  public Publication publish(
      RunLedger.Stamp stamp, Period period, Map<String, Long> staged, Clock clock) {
    Optional<Publication> before = current();
    Map<String, Long> versions =
        new TreeMap<>(before.map(Publication::tableVersions).orElse(Map.of()));
    versions.putAll(staged);
    long sequence = before.map(p -> p.sequence() + 1).orElse(1L);
    Row row =
        RowFactory.create(
            sequence,
            stamp.runId(),
            Timestamp.from(clock.instant()),
            Date.valueOf(period.start()),
            Date.valueOf(period.end()),
            stamp.codeVersion(),
            stamp.configHash(),
            stamp.keyVersion(),
            scala.jdk.javaapi.CollectionConverters.asScala(versions));
    tables.append(
        TABLE.qualifiedName(),
        tables.spark().createDataFrame(List.of(row), TABLE.schema()).coalesce(1));
    return new Publication(
        sequence,
        stamp.runId(),
        clock.instant(),
        period,
        stamp.codeVersion(),
        stamp.keyVersion(),
        Map.copyOf(versions));
  }

  private static Publication toPublication(Row row) {
    Map<String, Long> versions = new TreeMap<>(row.getJavaMap(row.fieldIndex("table_versions")));
    return new Publication(
        row.getAs("sequence"),
        row.getAs("run_id"),
        row.<Timestamp>getAs("published_at").toInstant(),
        new Period(
            row.<Date>getAs("period_start").toLocalDate(),
            row.<Date>getAs("period_end").toLocalDate()),
        row.getAs("code_version"),
        row.getAs("key_version"),
        versions);
  }
}
