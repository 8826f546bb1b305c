package needle.pipelines.run;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.sql.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import needle.bronze.Delivery;
import needle.kit.Inputs;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.kit.Layer;
import needle.kit.MeasurementPlan;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.ingest.BronzeIngest;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.FewRows;
import needle.pipelines.lake.KeyRanges;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * What the jobs of one run see: each table in the version that this run staged, else in the
 * published one.
 */
final class RunInputs implements Inputs, AutoCloseable {
  private final DeltaTables tables;
  private final Sources sources;
  private final Declarations declared;
  private final Period period;
  private final Pseudonyms pseudonyms;
  private final Map<String, Long> versions;
  private final Map<String, Dataset<Row>> derived;
  private final Optional<Changes> changes;

  /**
   * What a job's work follows from.
   *
   * @param rows how many
   * @param of names them, where other jobs' work follows from the same
   */
  private record Changes(long rows, Optional<String> of) {}

  RunInputs(
      DeltaTables tables,
      Sources sources,
      Declarations declared,
      Period period,
      Pseudonyms pseudonyms,
      Map<String, Long> versions) {
    this.tables = tables;
    this.sources = sources;
    this.declared = declared;
    this.period = period;
    this.pseudonyms = pseudonyms;
    this.versions = versions;
    this.derived = new ConcurrentHashMap<>();
    this.changes = Optional.empty();
  }

  private RunInputs(RunInputs all, Changes changes) {
    this.tables = all.tables;
    this.sources = all.sources;
    this.declared = all.declared;
    this.period = all.period;
    this.pseudonyms = all.pseudonyms;
    this.versions = all.versions;
    this.derived = all.derived;
    this.changes = Optional.of(changes);
  }

  long version(TableContract table) {
    Long version = versions.get(table.qualifiedName());
    if (version == null) {
      throw new InvalidInput(
          table + " has no version to read",
          "this run has not staged it, and nothing was published yet",
          "run the whole graph once with `needle run`, or this table's inputs first");
    }
    return version;
  }

  @Override
  public Dataset<Row> rows(TableContract table) {
    return rows(table, Optional.empty());
  }

  /** The same inputs for a job in which all that is looked up follows from that many units. */
  RunInputs lookingUp(long units) {
    return new RunInputs(this, new Changes(units, Optional.empty()));
  }

  /** The same inputs for what follows from the changes of a table between two versions. */
  RunInputs lookingUp(TableContract source, long after, long upTo) {
    return new RunInputs(
        this,
        new Changes(
            rowsChanged(source, after, upTo),
            Optional.of(source.qualifiedName() + " from " + after + " to " + upTo)));
  }

  @Override
  public Dataset<Row> few(Dataset<Row> rows) {
    return isAboutFew() ? broadcast(rows) : rows;
  }

  private boolean isAboutFew() {
    return changes.filter(c -> FewRows.are(c.rows())).isPresent();
  }

  @Override
  public Dataset<Row> among(Dataset<Row> history, String column, Dataset<Row> keys) {
    KeyRanges ranges = isAboutFew() ? KeyRanges.of(keys) : KeyRanges.none();
    Dataset<Row> near = history.where(ranges.mayHold(keys.columns()[0], col(column)));
    return Inputs.super.among(near, column, keys);
  }

  @Override
  public Dataset<Row> once(String name, Supplier<Dataset<Row>> how) {
    return changes
        .flatMap(Changes::of)
        .map(
            of ->
                derived.computeIfAbsent(
                    of + ": " + name, key -> how.get().persist(StorageLevel.MEMORY_AND_DISK())))
        .orElseGet(how);
  }

  /** Lets go of what was derived once. */
  @Override
  public void close() {
    derived.values().forEach(Dataset::unpersist);
    derived.clear();
  }

  /** The rows of some months, for a table that is stored by month. */
  Dataset<Row> rows(TableContract table, Optional<List<Date>> months) {
    return sources(table).stream()
        .map(source -> stored(source, version(source), months).select(columns(table)))
        .reduce(Dataset::unionByName)
        .orElseGet(() -> tables.spark().createDataFrame(List.of(), table.schema()));
  }

  /**
   * The tables behind an input: every extract that supplies a bronze table, and was ever delivered;
   * any other table itself.
   */
  List<TableContract> sources(TableContract table) {
    return table.layer() == Layer.BRONZE
        ? declared.contracts().stream()
            .filter(c -> c.supplies().equals(table.name()))
            .map(ExtractContract::table)
            .filter(t -> versions.containsKey(t.qualifiedName()))
            .toList()
        : List.of(table);
  }

  private static Column[] columns(TableContract table) {
    return Stream.of(table.columnNames()).map(n -> col(n)).toArray(Column[]::new);
  }

  /** The rows of a version, without what storage adds to them. */
  Dataset<Row> stored(TableContract source, long version, Optional<List<Date>> months) {
    return asRead(source, within(months, tablesOf(source).at(source.qualifiedName(), version)));
  }

  /** The rows of a version of a job's own table, as {@link DeltaTables#held} gives them. */
  Dataset<Row> held(TableContract table, long version, Optional<List<Date>> months) {
    return within(months, tables.held(table.qualifiedName(), version)).drop(Stored.MONTH);
  }

  /** An input's rows that changed in one of its sources between two versions, old and new. */
  Dataset<Row> changes(TableContract input, TableContract source, long after, long upTo) {
    return asRead(source, tablesOf(source).changedRows(source.qualifiedName(), after, upTo))
        .select(columns(input));
  }

  /** How many rows the commits between two versions changed; many where that is unknown. */
  private long rowsChanged(TableContract source, long after, long upTo) {
    DeltaTables stored = tablesOf(source);
    return LongStream.rangeClosed(after + 1, upTo)
        .map(v -> stored.rowsChanged(source.qualifiedName(), v).orElse((long) Integer.MAX_VALUE))
        .sum();
  }

  /** Whether a version between two others replaced the whole table. */
  boolean isReplaced(TableContract source, long after, long upTo) {
    return tablesOf(source).isReplaced(source.qualifiedName(), after, upTo);
  }

  private DeltaTables tablesOf(TableContract source) {
    return source.layer() == Layer.BRONZE ? this.sources.bronze() : tables;
  }

  /** The date column by whose month all of an input's sources are stored, if any. */
  Optional<String> datedBy(TableContract input) {
    List<Optional<String>> dates =
        sources(input).stream()
            .map(s -> contract(s).map(BronzeIngest::datedBy).orElseGet(s::datedBy))
            .distinct()
            .toList();
    return dates.size() == 1 ? dates.get(0) : Optional.empty();
  }

  private static Dataset<Row> within(Optional<List<Date>> months, Dataset<Row> stored) {
    return months.map(m -> stored.where(col(Stored.MONTH).isin(m.toArray()))).orElse(stored);
  }

  private Dataset<Row> asRead(TableContract source, Dataset<Row> stored) {
    return contract(source)
        .map(
            c ->
                sources
                    .known(BronzeIngest.accepted(stored, c))
                    .withColumn(Delivery.EXTRACT, lit(c.id())))
        .orElseGet(() -> stored.select(columns(source)));
  }

  private Optional<ExtractContract> contract(TableContract source) {
    return declared.contracts().stream().filter(c -> c.table().equals(source)).findFirst();
  }

  @Override
  public Period period() {
    return period;
  }

  @Override
  public List<Kpi> kpis() {
    return declared.kpis();
  }

  @Override
  public List<MeasurementPlan> plans() {
    return declared.plans();
  }

  @Override
  public Column pseudonym(Column naturalKey) {
    return pseudonyms.of(naturalKey);
  }
}
