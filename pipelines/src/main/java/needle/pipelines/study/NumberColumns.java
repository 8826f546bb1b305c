package needle.pipelines.study;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import needle.estimate.NotANumber;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Columns that a study computes with, of which a cell or more holds text. */
record NumberColumns(List<StudyColumn> columns) {
  /** The first role of each column whose type is text. */
  static NumberColumns of(Dataset<Row> panel, List<StudyColumn> numbers) {
    Map<String, StudyColumn> texts = new LinkedHashMap<>();
    List<String> present = List.of(panel.columns());
    for (StudyColumn column : numbers) {
      // Names that are parts of others are refused by themselves.
      if (present.contains(column.name())
          && !column.name().matches(".*[.`].*")
          && panel.schema().apply(column.name()).dataType().equals(DataTypes.StringType)) {
        texts.putIfAbsent(column.name(), column);
      }
    }
    return new NumberColumns(List.copyOf(texts.values()));
  }

  /**
   * The panel with what is wrong with these columns.
   *
   * @param areNumbers whether a column becomes one of numbers where all its text is such, as inf is
   * @param place of a value in a column, such as its line; may be empty
   */
  Dataset<Row> told(
      Dataset<Row> panel, boolean areNumbers, BiFunction<String, String, String> place) {
    if (columns.isEmpty()) {
      return panel;
    }
    List<Column> sums = new ArrayList<>();
    for (StudyColumn column : columns) {
      Column text = col(column.name());
      Column isText = text.isNotNull().and(text.try_cast("double").isNull());
      sums.add(count(when(isText, 1)));
      sums.add(min(when(isText, text)));
    }
    Row found = panel.agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new)).first();
    Dataset<Row> told = panel;
    for (int i = 0; i < columns.size(); i++) {
      StudyColumn column = columns.get(i);
      long cells = found.getLong(2 * i);
      if (cells > 0) {
        String value = found.getString(2 * i + 1);
        told =
            new NotANumber(
                    (cells == 1 ? "a cell holds " : cells + " cells hold text, such as ")
                        + (value.isBlank() ? "blanks" : value)
                        + place.apply(column.name(), value),
                    column.remedy())
                .of(told, column.name());
      } else if (areNumbers) {
        told = told.withColumn(column.name(), col(column.name()).cast(DataTypes.DoubleType));
      }
    }
    return told;
  }
}
