package needle.estimate;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Date;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.Period;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Dates and the numbers of their periods, against java.time. */
class GrainTest extends SparkTest {
  /** Leap years and turns of years, before and after 1970. */
  private static final List<LocalDate> DAYS =
      Stream.of("1899-12-20", "1968-12-25", "1999-12-27", "2020-02-20", "2024-12-20")
          .map(LocalDate::parse)
          .flatMap(from -> from.datesUntil(from.plusDays(450)))
          .distinct()
          .toList();

  private static LocalDate firstDay(Grain grain, LocalDate day) {
    return switch (grain) {
      case NUMBER -> throw new IllegalArgumentException();
      case DAY -> day;
      case WEEK -> day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
      case MONTH -> day.withDayOfMonth(1);
      case QUARTER -> day.with(IsoFields.DAY_OF_QUARTER, 1);
      case YEAR -> day.withDayOfYear(1);
    };
  }

  private static LocalDate next(Grain grain, LocalDate first) {
    return switch (grain) {
      case NUMBER -> throw new IllegalArgumentException();
      case DAY -> first.plusDays(1);
      case WEEK -> first.plusWeeks(1);
      case MONTH -> first.plusMonths(1);
      case QUARTER -> first.plus(Period.ofMonths(3));
      case YEAR -> first.plusYears(1);
    };
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NUMBER")
  void everyDayHasTheNumberOfItsPeriod(Grain grain) {
    List<Row> rows = DAYS.stream().map(d -> RowFactory.create(Date.valueOf(d))).toList();
    Dataset<Row> days = session().createDataFrame(rows, new StructType().add("day", "date"));
    List<Row> numbered = days.select(col("day"), grain.number(col("day")).as("n")).collectAsList();
    assertThat(numbered).hasSize(DAYS.size());
    for (Row row : numbered) {
      LocalDate day = row.getDate(0).toLocalDate();
      LocalDate first = firstDay(grain, day);
      int number = row.getInt(1);
      assertThat(grain.start(number)).contains(first);
      assertThat(grain.name(number)).isEqualTo(first.toString());
      assertThat(grain.start(number + 1)).contains(next(grain, first));
      assertThat(grain.number(day.toString())).contains(number);
    }
  }

  @Test
  void numbersAreThoseThatAreDocumented() {
    String day = "2024-05-15";
    long days = ChronoUnit.DAYS.between(LocalDate.of(1, 1, 1), LocalDate.parse(day));
    assertThat(Grain.DAY.number(day)).contains((int) days + 1);
    assertThat(Grain.WEEK.number(day)).contains((int) (days / 7) + 1);
    assertThat(Grain.MONTH.number(day)).contains(12 * 2024 + 5);
    assertThat(Grain.QUARTER.number(day)).contains(4 * 2024 + 2);
    assertThat(Grain.YEAR.number(day)).contains(2024);
    assertThat(Grain.NUMBER.name(7)).isEqualTo("7");
    assertThat(Grain.NUMBER.start(7)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "NUMBER,2024-02,24290",
    "NUMBER,17,17",
    "MONTH,2024-02,24290",
    "QUARTER,2024-05,8098",
    "YEAR,2024-05,2024",
    "YEAR,2024,2024",
    "NUMBER,2024-02-01,",
    "DAY,2024-02,",
    "WEEK,2024-02,",
    "MONTH,2024-02-30,",
    "MONTH,2024-13,",
    "MONTH,March,",
  })
  void aTextMayNameAPeriod(Grain grain, String text, Integer number) {
    assertThat(grain.number(text).orElse(null)).isEqualTo(number);
  }

  @Test
  void aSpanIsToldByItsDays() {
    GroupPair.Span span = GroupPair.Span.of("2024-01..2024-03-31", Grain.MONTH);
    assertThat(span.text()).isEqualTo("2024-01-01..2024-03-01");
    assertThatThrownBy(() -> span.requireAll(new TreeSet<>(List.of(24289, 24291))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("no outcome was observed in 2024-02-01");
    assertThatThrownBy(() -> span.requireAll(new TreeSet<>(List.of(24280, 24281))))
        .hasMessageContaining("the panel's periods are 2023-04-01..2023-05-01");
    assertThatThrownBy(() -> GroupPair.Span.of("2024-03..2024-01", Grain.MONTH))
        .hasMessageContaining("it is 2024-03-01..2024-01-01");
    assertThatThrownBy(() -> GroupPair.Span.of("2024-01", Grain.DAY))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("A period is not a date")
        .hasMessageContaining("2024-01, and the panel's grain is day");
  }
}
