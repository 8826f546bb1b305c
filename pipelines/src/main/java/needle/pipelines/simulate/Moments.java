package needle.pipelines.simulate;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;

/** Instants as seconds since 1970, and how each system writes them. */
final class Moments {
  private static final long DAY = 86_400;

  private Moments() {}

  /** A moment of the working day, 8 to 16 o'clock where the site lies. */
  static long workday(LocalDate day, ZoneId zone, Dice dice) {
    long local = day.toEpochDay() * DAY + dice.between(8 * 3600, 16 * 3600);
    return local - zone.getRules().getOffset(Instant.ofEpochSecond(local)).getTotalSeconds();
  }

  /** A time of the day in UTC. */
  static long utc(LocalDate day, int secondOfDay) {
    return day.toEpochDay() * DAY + secondOfDay;
  }

  static LocalDate day(long moment) {
    return LocalDate.ofEpochDay(Math.floorDiv(moment, DAY));
  }

  /** As Salesforce, xAPI and SuccessFactors write it: 2025-01-31T09:30:00.000Z. */
  static String iso(long moment) {
    StringBuilder text = new StringBuilder(24);
    text.append(day(moment)).append('T');
    appendTime(text, (int) Math.floorMod(moment, DAY));
    return text.append(".000Z").toString();
  }

  /** With the offset of a zone: 2025-01-31T10:30:00+01:00. */
  static String isoWithOffset(long moment, ZoneId zone) {
    ZoneOffset offset = zone.getRules().getOffset(Instant.ofEpochSecond(moment));
    long local = moment + offset.getTotalSeconds();
    StringBuilder text = new StringBuilder(25);
    text.append(day(local)).append('T');
    appendTime(text, (int) Math.floorMod(local, DAY));
    return text.append(offset.getId()).toString();
  }

  /** The wall clock of a zone, date and time parted by a character. */
  static String local(long moment, ZoneId zone, char between) {
    ZonedDateTime there = Instant.ofEpochSecond(moment).atZone(zone);
    StringBuilder text = new StringBuilder(19);
    text.append(there.toLocalDate()).append(between);
    appendTime(text, there.toLocalTime().toSecondOfDay());
    return text.toString();
  }

  /** As the safety log writes a day: 01/31/2025. */
  static String american(LocalDate day) {
    return Company.padded(day.getMonthValue(), 2)
        + "/"
        + Company.padded(day.getDayOfMonth(), 2)
        + "/"
        + day.getYear();
  }

  static String hourAndMinute(int secondOfDay) {
    return Company.padded(secondOfDay / 3600, 2) + ":" + Company.padded(secondOfDay / 60 % 60, 2);
  }

  private static void appendTime(StringBuilder text, int second) {
    appendTwo(text, second / 3600).append(':');
    appendTwo(text, second / 60 % 60).append(':');
    appendTwo(text, second % 60);
  }

  private static StringBuilder appendTwo(StringBuilder text, int value) {
    return text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
  }
}
