package needle.pipelines.run;

import static org.apache.spark.sql.functions.col;

import java.sql.Date;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.pipelines.lake.KeyRanges;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.storage.StorageLevel;

/**
 * What a job sees when it computes some units only: of each input the rows that these are made
 * from.
 */
final class NarrowedInputs implements Inputs, AutoCloseable {
  private final RunInputs all;
  private final Increment increment;
  private final Dataset<Row> kept;
  private final Dataset<Row> units;
  private final long count;
  private final Optional<String> dateColumn;
  private final List<Date> months;
  private final KeyRanges keys;
  private final List<Dataset<Row>> reused = new ArrayList<>();

  /**
   * @param touched the units, each at least once; a unit with an empty column is none: bronze
   *     columns that units are told apart by are filled in every row, see {@link
   *     Catalog#checkBronze}
   */
  NarrowedInputs(RunInputs all, Increment increment, Dataset<Row> touched) {
    this.increment = increment;
    Dataset<Row> filled = touched.na().drop(increment.unitNames().toArray(String[]::new));
    this.kept = filled.distinct().persist(StorageLevel.MEMORY_AND_DISK());
    this.dateColumn =
        Arrays.stream(kept.schema().fields())
            .filter(f -> f.dataType().equals(DataTypes.DateType))
            .map(f -> f.name())
            .findFirst();
    if (dateColumn.isPresent()) {
      List<Row> perMonth =
          kept.groupBy(Stored.month(col(dateColumn.get()))).count().collectAsList();
      this.count = perMonth.stream().mapToLong(r -> r.getLong(1)).sum();
      this.months = perMonth.stream().map(r -> r.getDate(0)).toList();
      this.keys = KeyRanges.none();
    } else {
      List<String> texts = KeyRanges.columns(kept);
      Row summary = kept.agg(functions.count("*"), KeyRanges.aggregates(texts)).first();
      this.count = summary.getLong(0);
      this.months = List.of();
      this.keys = KeyRanges.from(texts, summary, 1);
    }
    this.all = all.lookingUp(count);
    this.units = few(kept);
  }

  /** How many units are computed. */
  long count() {
    return count;
  }

  /** Those of the output's rows that belong to the units. */
  Dataset<Row> ofUnits(Dataset<Row> output) {
    Dataset<Row> stored = increment.storedUnits(kept, this).distinct();
    return Increment.within(output, few(stored), sameName(increment.storedNames()));
  }

  private static List<Increment.Key> sameName(List<String> columns) {
    return columns.stream().map(n -> new Increment.Key(n, n, false)).toList();
  }

  // The rows that may belong to the units, told by the order of their keys.
  private Dataset<Row> near(Dataset<Row> rows, List<Increment.Key> by) {
    Dataset<Row> near = rows;
    for (Increment.Key key : by) {
      near = near.where(keys.mayHold(key.unit(), col(key.column())));
    }
    return near;
  }

  /** The rows of the output's version that may belong to the units: those of their months. */
  Dataset<Row> held(TableContract output, long version) {
    Dataset<Row> ofMonths =
        all.held(
            output,
            version,
            output
                .datedBy()
                .filter(increment.storedNames()::contains)
                .flatMap(d -> dateColumn.filter(d::equals))
                .map(d -> months));
    return ofUnits(near(ofMonths, sameName(increment.storedNames())));
  }

  @Override
  public Dataset<Row> rows(TableContract table) {
    List<Increment.Reach> reaches = increment.from(table);
    if (reaches.size() != 1) {
      return all.rows(table);
    }
    Increment.Reach reach = reaches.get(0);
    if (reach.keys().isPresent()) {
      List<Increment.Key> by = reach.keys().get();
      return Increment.within(near(all.rows(table, monthsOf(table, by)), by), units, by);
    }
    return reach
        .needed()
        .map(needs -> needs.rows(all.rows(table), units, this))
        .orElseGet(() -> all.rows(table));
  }

  // The units' months, if the table is stored by the column that holds the units' date.
  private Optional<List<Date>> monthsOf(TableContract table, List<Increment.Key> keys) {
    boolean isDated =
        all.datedBy(table)
            .filter(
                date ->
                    keys.stream()
                        .anyMatch(
                            k ->
                                k.column().equals(date)
                                    && dateColumn.filter(k.unit()::equals).isPresent()))
            .isPresent();
    return isDated ? Optional.of(months) : Optional.empty();
  }

  @Override
  public Dataset<Row> wanted(Dataset<Row> rows) {
    return Increment.within(rows, units, sameName(increment.unitNames()));
  }

  @Override
  public Dataset<Row> few(Dataset<Row> rows) {
    return all.few(rows);
  }

  @Override
  public Dataset<Row> reused(Dataset<Row> rows) {
    reused.add(rows.persist(StorageLevel.MEMORY_AND_DISK()));
    return rows;
  }

  @Override
  public Dataset<Row> among(Dataset<Row> history, String column, Dataset<Row> keys) {
    return all.among(history, column, keys);
  }

  @Override
  public Dataset<Row> once(String name, Supplier<Dataset<Row>> derived) {
    return all.once(name, derived);
  }

  @Override
  public Period period() {
    return all.period();
  }

  @Override
  public List<Kpi> kpis() {
    return all.kpis();
  }

  @Override
  public List<MeasurementPlan> plans() {
    return all.plans();
  }

  @Override
  public Column pseudonym(Column naturalKey) {
    return all.pseudonym(naturalKey);
  }

  @Override
  public void close() {
    kept.unpersist();
    reused.forEach(Dataset::unpersist);
  }
}
