package needle.pipelines.run;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;

import java.sql.Date;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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

  /**
   * @param touched the units, each at least once; a unit with an empty column is none
   */
  NarrowedInputs(RunInputs all, Increment increment, Dataset<Row> touched) {
    this.increment = increment;
    Dataset<Row> filled = touched.na().drop(increment.unitNames().toArray(String[]::new));
    this.kept = filled.distinct().persist(StorageLevel.MEMORY_AND_DISK());
    this.dateColumn =
        java.util.Arrays.stream(kept.schema().fields())
            .filter(f -> f.dataType().equals(DataTypes.DateType))
            .map(f -> f.name())
            .findFirst();
    if (dateColumn.isPresent()) {
      Row summary =
          kept.agg(
                  org.apache.spark.sql.functions.count("*"),
                  collect_set(Stored.month(col(dateColumn.get()))))
              .first();
      this.count = summary.getLong(0);
      this.months = summary.getList(1);
    } else {
      this.count = kept.count();
      this.months = List.of();
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
    List<Increment.Key> keys =
        increment.storedNames().stream().map(n -> new Increment.Key(n, n, false)).toList();
    return Increment.within(output, few(stored), keys);
  }

  /** The rows of the output's version that may belong to the units: those of their months. */
  Dataset<Row> held(TableContract output, long version) {
    return ofUnits(
        all.stored(
            output,
            version,
            output
                .datedBy()
                .filter(increment.storedNames()::contains)
                .flatMap(d -> dateColumn.filter(d::equals))
                .map(d -> months)));
  }

  @Override
  public Dataset<Row> rows(TableContract table) {
    List<Increment.Reach> reaches = increment.from(table);
    if (reaches.size() != 1) {
      return all.rows(table);
    }
    Increment.Reach reach = reaches.get(0);
    if (reach.keys().isPresent()) {
      List<Increment.Key> keys = reach.keys().get();
      return Increment.within(all.rows(table, monthsOf(table, keys)), units, keys);
    }
    return reach
        .needed()
        .map(needs -> needs.rows(all.rows(table), units, all))
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
    List<Increment.Key> keys = new ArrayList<>();
    increment.unitNames().forEach(n -> keys.add(new Increment.Key(n, n, false)));
    return Increment.within(rows, units, keys);
  }

  @Override
  public Dataset<Row> few(Dataset<Row> rows) {
    return all.few(rows);
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
  }
}
