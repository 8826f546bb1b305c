package needle.kit;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/** Whole months, from the first day of the first to the last day of the last. */
public record Period(LocalDate start, LocalDate end) {
  public Period {
    if (start.getDayOfMonth() != 1 || !end.equals(end.withDayOfMonth(end.lengthOfMonth()))) {
      throw new InvalidInput(
          "The period " + start + " to " + end + " is not made of whole months",
          "a period starts on the first of a month and ends on the last day of one",
          "give dates such as 2023-01-01 and 2025-12-31");
    }
    if (end.isBefore(start)) {
      throw new InvalidInput(
          "The period ends before it starts", start + " is after " + end, "swap the two dates");
    }
  }

  /** How many months it has. */
  public int months() {
    return (int) ChronoUnit.MONTHS.between(start, end.plusDays(1));
  }
}
