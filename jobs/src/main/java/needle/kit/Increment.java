package needle.kit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trunc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How a change of a job's inputs narrows to a part of its output.
 *
 * <p>The output falls into units: all rows with the same values of the unit columns. The promise
 * that makes a narrow run exact: given at least the input rows that {@link Reach#needed} names, the
 * job computes the rows of these units as it would from everything; and a unit that no change
 * touches keeps its rows. A job without such a promise is computed whole, and only the rows that
 * differ are written.
 */
public final class Increment {
  /** A column of the unit, and the column of an input that holds it. */
  public record Key(String unit, String column, boolean isMonth) {
    /** The unit's value in a row of the input. */
    public Column value() {
      return (isMonth ? trunc(col(column), "month") : col(column)).as(unit);
    }
  }

  /** The units that changed rows may belong to; both images of a changed row are given. */
  @FunctionalInterface
  public interface Touches {
    Dataset<Row> units(Dataset<Row> changed, Inputs in);
  }

  /**
   * The rows of an input that units are made from. More may be given, never fewer; other inputs are
   * narrowed to the units, too.
   */
  @FunctionalInterface
  public interface Needs {
    Dataset<Row> rows(Dataset<Row> rows, Dataset<Row> units, Inputs in);
  }

  /** The units that exist, or come out differently, only because the run covers more months. */
  @FunctionalInterface
  public interface NewMonths {
    Dataset<Row> units(Period months, Inputs in);
  }

  /**
   * The ways in which one input reaches the output.
   *
   * @param keys set when the input's rows carry the unit themselves: then both ways follow from it
   * @param needed empty when units need the whole input
   */
  public record Reach(
      TableContract input, Optional<List<Key>> keys, Touches touched, Optional<Needs> needed) {}

  private final List<String> unit;
  private final Map<String, Function<Inputs, Column>> stored;
  private final List<Reach> reaches;
  private final Optional<NewMonths> newMonths;

  private Increment(
      List<String> unit,
      Map<String, Function<Inputs, Column>> stored,
      List<Reach> reaches,
      Optional<NewMonths> newMonths) {
    this.unit = List.copyOf(unit);
    this.stored = new LinkedHashMap<>(stored);
    this.reaches = List.copyOf(reaches);
    this.newMonths = newMonths;
  }

  /** No part of the output can be told from another: it is computed whole. */
  public static Increment whole() {
    return new Increment(List.of(), Map.of(), List.of(), Optional.empty());
  }

  /** The output falls into units by these columns. */
  public static Increment per(String... unitColumns) {
    Map<String, Function<Inputs, Column>> same = new LinkedHashMap<>();
    for (String column : unitColumns) {
      same.put(column, in -> col(column));
    }
    return new Increment(List.of(unitColumns), same, List.of(), Optional.empty());
  }

  /**
   * The output stores a unit column under another name, such as a natural key as its keyed hash.
   *
   * @param value the stored value, over the unit's columns
   */
  public Increment storing(String unitColumn, String outputColumn, Function<Inputs, Column> value) {
    if (unit.contains(outputColumn)) {
      throw new IllegalArgumentException(
          outputColumn + " is a column of the unit, and stores another's value");
    }
    Map<String, Function<Inputs, Column>> all = new LinkedHashMap<>(stored);
    all.remove(unitColumn);
    all.put(outputColumn, value);
    return new Increment(unit, all, reaches, newMonths);
  }

  /** The input's rows hold the unit's columns under the same names. */
  public Increment by(TableContract input) {
    return by(input, unit.toArray(String[]::new));
  }

  /** The input's rows hold the unit in these columns, in the unit's order. */
  public Increment by(TableContract input, String... columns) {
    List<Key> keys = new ArrayList<>();
    for (int i = 0; i < columns.length; i++) {
      keys.add(new Key(unit.get(i), columns[i], false));
    }
    return byKeys(input, keys);
  }

  /** The input's rows hold the unit's first column, and are dated into the month of its second. */
  public Increment byMonth(TableContract input, String column, String datedBy) {
    return byKeys(
        input, List.of(new Key(unit.get(0), column, false), new Key(unit.get(1), datedBy, true)));
  }

  /** The input's rows are dated into the month that is the unit. */
  public Increment byMonth(TableContract input, String datedBy) {
    return byKeys(input, List.of(new Key(unit.get(0), datedBy, true)));
  }

  private Increment byKeys(TableContract input, List<Key> keys) {
    Column[] values = keys.stream().map(Key::value).toArray(Column[]::new);
    return with(
        new Reach(
            input, Optional.of(keys), (changed, in) -> changed.select(values), Optional.empty()));
  }

  /** Changes of the input touch these units; each needs the whole input. */
  public Increment touchedBy(TableContract input, Touches touched) {
    return with(new Reach(input, Optional.empty(), touched, Optional.empty()));
  }

  /** Changes of the input touch these units, and they need these rows of it. */
  public Increment touchedBy(TableContract input, Touches touched, Needs needed) {
    return with(new Reach(input, Optional.empty(), touched, Optional.of(needed)));
  }

  /** Nothing that changes in the input reaches the output. */
  public Increment ignoring(TableContract input) {
    Column[] none = unit.stream().map(c -> lit(null).as(c)).toArray(Column[]::new);
    return touchedBy(input, (changed, in) -> changed.limit(0).select(none));
  }

  /** What a longer period brings. Without this, the output does not depend on the period's end. */
  public Increment onNewMonths(NewMonths units) {
    return new Increment(unit, stored, reaches, Optional.of(units));
  }

  private Increment with(Reach reach) {
    List<Reach> more = new ArrayList<>(reaches);
    more.add(reach);
    return new Increment(unit, stored, more, newMonths);
  }

  /** Whether the output is computed whole. */
  public boolean isWhole() {
    return unit.isEmpty();
  }

  /** The unit's columns. */
  public Column[] unit() {
    return unit.stream().map(c -> col(c)).toArray(Column[]::new);
  }

  /** The names of the unit's columns. */
  public List<String> unitNames() {
    return unit;
  }

  /** The units under the names that the output has for them. */
  public Dataset<Row> storedUnits(Dataset<Row> units, Inputs in) {
    Column[] columns =
        stored.entrySet().stream()
            .map(e -> e.getValue().apply(in).as(e.getKey()))
            .toArray(Column[]::new);
    return units.select(columns);
  }

  /** The output's columns that tell a unit from another. */
  public List<String> storedNames() {
    return List.copyOf(stored.keySet());
  }

  /** The ways in which this input reaches the output. */
  public List<Reach> from(TableContract input) {
    return reaches.stream().filter(r -> r.input().equals(input)).toList();
  }

  /** What a longer period brings. */
  public Optional<NewMonths> newMonths() {
    return newMonths;
  }

  /** The rows whose unit, in these columns, is among the units. */
  public static Dataset<Row> within(Dataset<Row> rows, Dataset<Row> units, List<Key> keys) {
    Column same = lit(true);
    for (Key key : keys) {
      Column value = col("row." + key.column());
      same =
          same.and(
              (key.isMonth() ? trunc(value, "month") : value).equalTo(col("unit." + key.unit())));
    }
    return rows.as("row").join(units.as("unit"), same, "left_semi");
  }
}
