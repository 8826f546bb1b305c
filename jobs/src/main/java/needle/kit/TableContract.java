package needle.kit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What one table holds: its grain, its columns with type and meaning, and the checks that every row
 * passes before the table is published. The data dictionary and the gate are both made from it.
 */
public final class TableContract {
  /** One column: {@code required} means that no row may leave it empty. */
  public record ColumnContract(String name, DataType type, String meaning, boolean required) {}

  /** A SQL predicate that holds for every row, and the sentence to print when it does not. */
  public record Check(String predicate, String sentence) {}

  private final Layer layer;
  private final String name;
  private final String meaning;
  private final List<String> grain;
  private final List<ColumnContract> columns;
  private final List<Check> checks;
  private final Optional<String> datedBy;

  private TableContract(
      Layer layer,
      String name,
      String meaning,
      List<String> grain,
      List<ColumnContract> columns,
      List<Check> checks,
      Optional<String> datedBy) {
    this.layer = layer;
    this.name = name;
    this.meaning = meaning;
    this.grain = List.copyOf(grain);
    this.columns = List.copyOf(columns);
    this.checks = List.copyOf(checks);
    this.datedBy = datedBy;
  }

  /**
   * Starts the contract of {@code layer.name}; the meaning is one phrase that says what the table
   * is.
   */
  public static TableContract table(Layer layer, String name, String meaning) {
    return new TableContract(
        layer, name, meaning, List.of(), List.of(), List.of(), Optional.empty());
  }

  /** The grain: no two rows share these columns' values. */
  public TableContract oneRowPer(String... keys) {
    return new TableContract(layer, name, meaning, List.of(keys), columns, checks, datedBy);
  }

  /** A column that every row fills. */
  public TableContract column(String column, ColumnType type, String columnMeaning) {
    return with(new ColumnContract(column, type.sparkType(), columnMeaning, true));
  }

  /** A column that may be empty; the meaning says when. */
  public TableContract optional(String column, ColumnType type, String columnMeaning) {
    return with(new ColumnContract(column, type.sparkType(), columnMeaning, false));
  }

  /** A column with structure of its own, such as an array of structs. */
  public TableContract nested(String column, DataType type, String columnMeaning) {
    return with(new ColumnContract(column, type, columnMeaning, true));
  }

  /**
   * A promise about every row, in SQL, with the sentence that an operator reads when it is broken.
   */
  public TableContract check(String predicate, String sentence) {
    List<Check> more = new ArrayList<>(checks);
    more.add(new Check(predicate, sentence));
    return new TableContract(layer, name, meaning, grain, columns, more, datedBy);
  }

  /** The date column by whose month the rows are stored together. */
  public TableContract storedByMonthOf(String dateColumn) {
    return new TableContract(layer, name, meaning, grain, columns, checks, Optional.of(dateColumn));
  }

  private TableContract with(ColumnContract column) {
    List<ColumnContract> more = new ArrayList<>(columns);
    more.add(column);
    return new TableContract(layer, name, meaning, grain, more, checks, datedBy);
  }

  public Layer layer() {
    return layer;
  }

  public String name() {
    return name;
  }

  /** The name in SQL, such as {@code silver.learning_records}. */
  public String qualifiedName() {
    return layer.schema() + "." + name;
  }

  public String meaning() {
    return meaning;
  }

  public List<String> grain() {
    return grain;
  }

  public List<ColumnContract> columns() {
    return columns;
  }

  public List<Check> checks() {
    return checks;
  }

  /** The date column by whose month the rows are stored together, if any. */
  public Optional<String> datedBy() {
    return datedBy;
  }

  /** The column of that name, if the table has one. */
  public Optional<ColumnContract> find(String column) {
    return columns.stream().filter(c -> c.name().equals(column)).findFirst();
  }

  public String[] columnNames() {
    return columns.stream().map(ColumnContract::name).toArray(String[]::new);
  }

  /** The Spark schema; every field is nullable, as Delta reads it back. */
  public StructType schema() {
    return new StructType(
        columns.stream()
            .map(
                c ->
                    new StructField(
                        c.name(), c.type(), true, org.apache.spark.sql.types.Metadata.empty()))
            .toArray(StructField[]::new));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TableContract that && that.qualifiedName().equals(qualifiedName());
  }

  @Override
  public int hashCode() {
    return qualifiedName().hashCode();
  }

  @Override
  public String toString() {
    return qualifiedName();
  }
}
