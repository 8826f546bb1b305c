package needle.pipelines.lake;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udaf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Aggregator;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * In which stretches of their order the keys of some rows lie, column by column: a condition that
 * lets a scan of the history pass over the pages that hold none of them.
 *
 * <p>Exact in that no key lies outside. Ids that a source counts up are old where their records are
 * old, and Parquet knows the smallest and the largest of every page.
 */
public final class KeyRanges {
  private static final StructType ENDS =
      new StructType().add("ends", DataTypes.createArrayType(DataTypes.StringType));

  private final Map<String, List<Stretches.Stretch>> stretches;

  private KeyRanges(Map<String, List<Stretches.Stretch>> stretches) {
    this.stretches = stretches;
  }

  /** No ranges: any value may be a key. */
  public static KeyRanges none() {
    return new KeyRanges(Map.of());
  }

  /** Of these rows. */
  public static KeyRanges of(Dataset<Row> keys) {
    List<String> columns = columns(keys);
    return columns.isEmpty() ? none() : from(columns, keys.select(aggregates(columns)).first(), 0);
  }

  /** Those of the columns, in order, for which there are ranges: texts. */
  public static List<String> columns(Dataset<Row> rows) {
    return Arrays.stream(rows.schema().fields())
        .filter(f -> f.dataType().equals(DataTypes.StringType))
        .map(StructField::name)
        .toList();
  }

  /** Aggregates each column of keys; empty ones are passed over. */
  public static Column[] aggregates(List<String> columns) {
    return columns.stream()
        .map(c -> udaf(new Keys(), Encoders.STRING()).apply(col(c)))
        .toArray(Column[]::new);
  }

  /**
   * What was aggregated.
   *
   * @param aggregated a row of which these fields, from one on, are those of the columns in order
   */
  public static KeyRanges from(List<String> columns, Row aggregated, int first) {
    Map<String, List<Stretches.Stretch>> stretches = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      List<String> ends = aggregated.getStruct(first + i).getList(0);
      List<Stretches.Stretch> all = new ArrayList<>();
      for (int j = 0; j < ends.size(); j += 2) {
        all.add(new Stretches.Stretch(ends.get(j), ends.get(j + 1)));
      }
      stretches.put(columns.get(i), all);
    }
    return new KeyRanges(stretches);
  }

  /** Whether a value may be one of a column's keys; true of what there are no ranges for. */
  public Column mayHold(String key, Column value) {
    return stretches.getOrDefault(key, List.of()).stream()
        .map(s -> value.between(s.first(), s.last()))
        .reduce(Column::or)
        .orElse(lit(true));
  }

  private static final class Keys extends Aggregator<String, Stretches, Row> {
    private static final long serialVersionUID = 1L;

    @Override
    public Stretches zero() {
      return new Stretches();
    }

    @Override
    public Stretches reduce(Stretches stretches, String key) {
      if (key != null) {
        stretches.add(key);
      }
      return stretches;
    }

    @Override
    public Stretches merge(Stretches some, Stretches others) {
      some.addAll(others);
      return some;
    }

    @Override
    public Row finish(Stretches stretches) {
      List<String> ends = new ArrayList<>();
      stretches.all().forEach(s -> ends.addAll(List.of(s.first(), s.last())));
      return RowFactory.create((Object) ends.toArray(String[]::new));
    }

    @Override
    public Encoder<Stretches> bufferEncoder() {
      return Encoders.javaSerialization(Stretches.class);
    }

    @Override
    public Encoder<Row> outputEncoder() {
      return Encoders.row(ENDS);
    }
  }
}
