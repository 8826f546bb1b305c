package needle.pipelines.study;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import needle.estimate.Faults;
import needle.estimate.Grain;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * The columns of a study that hold dates. Estimators know numbered periods only; here, and nowhere
 * else, a date becomes the number of its period.
 *
 * @param columns of the period and of the first treated one; none where these are numbers
 */
record DatedPeriods(Grain grain, List<StudyColumn> columns) {
  static DatedPeriods of(StudyFile study) {
    return new DatedPeriods(study.panel().grain(), StudyColumn.datesOf(study));
  }

  /** The panel with the number of its period in the place of each date. */
  Dataset<Row> numbered(Dataset<Row> panel) {
    List<StudyColumn> dated =
        columns.stream().filter(c -> List.of(panel.columns()).contains(c.name())).toList();
    if (dated.isEmpty()) {
      return panel;
    }
    requireDates(panel, dated);
    Map<String, Column> numbers = new LinkedHashMap<>();
    dated.forEach(c -> numbers.put(c.name(), grain.number(date(panel, c.name()))));
    return panel.withColumns(numbers);
  }

  private static DataType type(Dataset<Row> panel, String column) {
    return panel.schema().apply(column).dataType();
  }

  private static boolean isText(Dataset<Row> panel, String column) {
    return type(panel, column).equals(DataTypes.StringType);
  }

  // Empty, where a text is none of a date.
  private Column date(Dataset<Row> panel, String column) {
    if (!isText(panel, column)) {
      return col(column).cast(DataTypes.DateType);
    }
    Column text = trim(col(column));
    Column day = when(text.rlike("^\\d{4}-\\d{2}-\\d{2}$"), text);
    if (grain.holdsMonths()) {
      day = day.when(text.rlike("^\\d{4}-\\d{2}$"), concat(text, lit("-01")));
    }
    return day.try_cast(DataTypes.DateType);
  }

  private void requireDates(Dataset<Row> panel, List<StudyColumn> dated) {
    Faults faults = new Faults("The panel");
    dated.stream()
        .filter(c -> !isText(panel, c.name()))
        .forEach(c -> requireDate(c.name(), type(panel, c.name()), faults));
    requireDates(panel, dated.stream().filter(c -> isText(panel, c.name())).toList(), faults);
    faults.report();
  }

  private void requireDate(String column, DataType type, Faults faults) {
    if (type instanceof NumericType) {
      faults.add(
          "The column " + column + " holds numbers",
          "panel.grain is " + grain.word() + ", which is the length of periods told by dates",
          "leave grain out where periods are numbered, or supply dates");
    } else if (type.equals(DataTypes.TimestampType)) {
      faults.add(
          "The column " + column + " holds moments",
          "on which day a moment falls depends on the time zone, and the study knows none",
          "supply dates, in pandas of the column in its own zone: .dt.date");
    } else if (!type.equals(DataTypes.DateType) && !type.equals(DataTypes.TimestampNTZType)) {
      faults.add(
          "The column " + column + " holds no dates",
          "its type is " + type.simpleString(),
          "supply dates, or text such as 2024-01-31");
    }
  }

  private void requireDates(Dataset<Row> panel, List<StudyColumn> texts, Faults faults) {
    if (texts.isEmpty()) {
      return;
    }
    List<Column> sums = new ArrayList<>();
    for (StudyColumn column : texts) {
      Column isNoDate =
          trim(col(column.name())).notEqual("").and(date(panel, column.name()).isNull());
      sums.add(count(when(isNoDate, 1)));
      sums.add(min(when(isNoDate, col(column.name()))));
    }
    Row found = panel.agg(sums.get(0), sums.subList(1, sums.size()).toArray(Column[]::new)).first();
    for (int i = 0; i < texts.size(); i++) {
      long cells = found.getLong(2 * i);
      if (cells > 0) {
        String column = texts.get(i).name();
        String value = found.getString(2 * i + 1);
        faults.add(
            "The column " + column + " holds what is no date",
            (cells == 1 ? "a cell holds " : cells + " cells do, such as ")
                + value
                + place(panel, column, value),
            "write days as 2024-01-31, without a time of day"
                + (grain.holdsMonths() ? ", or months as 2024-01" : "")
                + "; leave a cell empty, or write NA, where nothing is known or for never");
      }
    }
  }

  private static String place(Dataset<Row> panel, String column, String value) {
    String[] files =
        Stream.of(panel.inputFiles()).filter(f -> f.endsWith(".csv")).toArray(String[]::new);
    return CsvLines.of(files, panel.sparkSession().sessionState().newHadoopConf())
        .placeOf(column, value);
  }
}
