package needle.estimate;

import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.month;
import static org.apache.spark.sql.functions.quarter;
import static org.apache.spark.sql.functions.unix_date;
import static org.apache.spark.sql.functions.year;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;

/** How long a period is, and so the number of a date's period; these follow on each other. */
public enum Grain {
  /** Periods are numbers already; of what, only who supplies them knows. */
  NUMBER(12) {
    @Override
    public Column number(Column date) {
      return date;
    }

    @Override
    int number(LocalDate date) {
      return MONTH.number(date);
    }

    @Override
    public Optional<LocalDate> start(int number) {
      return Optional.empty();
    }
  },
  /** Day 1 is 0001-01-01. */
  DAY(7) {
    @Override
    public Column number(Column date) {
      return unix_date(date).plus(DAYS_BEFORE_1970);
    }

    @Override
    int number(LocalDate date) {
      return Math.toIntExact(date.toEpochDay()) + DAYS_BEFORE_1970;
    }

    @Override
    public Optional<LocalDate> start(int number) {
      return Optional.of(LocalDate.ofEpochDay((long) number - DAYS_BEFORE_1970));
    }
  },
  /** Monday to Sunday; week 1 begins on 0001-01-01, which was a Monday. */
  WEEK(52) {
    @Override
    public Column number(Column date) {
      return floor(DAY.number(date).minus(1).divide(lit(7))).plus(1).cast("int");
    }

    @Override
    int number(LocalDate date) {
      return Math.floorDiv(DAY.number(date) - 1, 7) + 1;
    }

    @Override
    public Optional<LocalDate> start(int number) {
      return DAY.start(7 * (number - 1) + 1);
    }
  },
  /** 12 × year + month. */
  MONTH(12) {
    @Override
    public Column number(Column date) {
      return year(date).multiply(12).plus(month(date));
    }

    @Override
    int number(LocalDate date) {
      return 12 * date.getYear() + date.getMonthValue();
    }

    @Override
    public Optional<LocalDate> start(int number) {
      return Optional.of(
          LocalDate.of(Math.floorDiv(number - 1, 12), Math.floorMod(number - 1, 12) + 1, 1));
    }
  },
  /** 4 × year + quarter. */
  QUARTER(4) {
    @Override
    public Column number(Column date) {
      return year(date).multiply(4).plus(quarter(date));
    }

    @Override
    int number(LocalDate date) {
      return 4 * date.getYear() + (date.getMonthValue() + 2) / 3;
    }

    @Override
    public Optional<LocalDate> start(int number) {
      return Optional.of(
          LocalDate.of(Math.floorDiv(number - 1, 4), 3 * Math.floorMod(number - 1, 4) + 1, 1));
    }
  },
  /** The year itself. */
  YEAR(12) {
    @Override
    public Column number(Column date) {
      return year(date);
    }

    @Override
    int number(LocalDate date) {
      return date.getYear();
    }

    @Override
    public Optional<LocalDate> start(int number) {
      return Optional.of(LocalDate.of(number, 1, 1));
    }
  };

  private static final int DAYS_BEFORE_1970 = 719163;

  private final int cycle;

  Grain(int cycle) {
    this.cycle = cycle;
  }

  /** The number of a date's period. */
  public abstract Column number(Column date);

  abstract int number(LocalDate date);

  /** The first day of a period; none where no more than its number is known. */
  public abstract Optional<LocalDate> start(int number);

  /** A period as it is told: its first day, or else its number. */
  public String name(int number) {
    return start(number).map(LocalDate::toString).orElse(Integer.toString(number));
  }

  /** After how many periods a season returns, unless a study says otherwise. */
  public int cycle() {
    return cycle;
  }

  /** Whether a month lies in one period, so that it names it. */
  public boolean holdsMonths() {
    return this != DAY && this != WEEK;
  }

  /** As it is written in a study file. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The period that a text names: a date, a month such as 2024-01, or the number. */
  Optional<Integer> number(String text) {
    try {
      if (text.matches("\\d{4}-\\d{2}") && holdsMonths()) {
        return Optional.of(number(YearMonth.parse(text).atDay(1)));
      }
      if (text.matches("\\d{4}-\\d{2}-\\d{2}") && this != NUMBER) {
        return Optional.of(number(LocalDate.parse(text)));
      }
      return Optional.of(Integer.parseInt(text));
    } catch (DateTimeException | NumberFormatException e) {
      return Optional.empty();
    }
  }
}
