package needle.pipelines.simulate;

import java.util.ArrayList;
import java.util.List;
import needle.pipelines.simulate.Company.Stream;

/**
 * The lines that one site adds to the delivered files, with what goes wrong on the way: rows that
 * come late, twice, or broken.
 *
 * <p>What goes wrong depends on nothing but chance, so never on who was trained.
 */
final class Deliveries {
  private static final double LATE_SHARE = 0.01;
  private static final double TWICE_SHARE = 0.005;
  private static final double BROKEN_SHARE = 0.00002;
  private static final int SITES_WITH_A_BROKEN_ROW = 3;

  /** One line of one file, and its place in it. */
  record Line(int file, long position, String text) {}

  private final Company company;
  private final int site;
  private final Dice[] dice = new Dice[Extract.values().length];
  private final boolean[] hasBroken = new boolean[Extract.values().length];
  private final int[][][] orders = new int[Extract.values().length][][];
  private final List<Line> lines = new ArrayList<>();

  Deliveries(Company company, int site) {
    this.company = company;
    this.site = site;
    for (Extract extract : Extract.values()) {
      long which = site * 32L + extract.ordinal();
      dice[extract.ordinal()] = company.dice(Stream.DELIVERY, which, 0);
      hasBroken[extract.ordinal()] = site >= SITES_WITH_A_BROKEN_ROW;
      orders[extract.ordinal()] = new int[company.months()][];
    }
  }

  List<Line> lines() {
    return lines;
  }

  /**
   * Delivers a row with the files of its month. What happened before the simulation comes with the
   * first delivery; what is saved after it never comes.
   */
  void deliver(Extract extract, int month, String... row) {
    Dice chance = dice[extract.ordinal()];
    if (month >= company.months()) {
      return;
    }
    int arrival = Math.max(0, month);
    if (chance.chance(LATE_SHARE)) {
      int late = arrival + chance.between(1, 2);
      arrival = late < company.months() ? late : arrival;
    }
    deliverOnTime(extract, arrival, row);
    if (chance.chance(TWICE_SHARE)) {
      int again = Math.min(arrival + chance.between(0, 2), company.months() - 1);
      deliverOnTime(extract, again, row);
    }
    boolean first = !hasBroken[extract.ordinal()];
    if (!extract.isJson() && (first || chance.chance(BROKEN_SHARE))) {
      hasBroken[extract.ordinal()] = true;
      deliverOnTime(extract, arrival, extract.broken(row, chance.next()));
    }
  }

  /** Delivers a row exactly once, with the files of its month. */
  void deliverOnTime(Extract extract, int month, String... row) {
    if (month >= company.months()) {
      return;
    }
    int arrival = Math.max(0, month);
    String text = extract.isJson() ? row[0] : csv(row, order(extract, arrival));
    long position = ((long) site << 32) | lines.size();
    lines.add(new Line(LandingFile.of(company, extract, arrival, site).number(), position, text));
  }

  private int[] order(Extract extract, int month) {
    int[][] known = orders[extract.ordinal()];
    if (known[month] == null) {
      known[month] = LandingFile.columnOrder(company, extract, month);
    }
    return known[month];
  }

  /** A line of comma-separated values, quoted where needed, as RFC 4180 says. */
  static String csv(String[] row, int[] order) {
    if (row.length != order.length) {
      throw new IllegalArgumentException(
          row.length + " values for " + order.length + " columns: " + String.join(",", row));
    }
    StringBuilder line = new StringBuilder(160);
    for (int i = 0; i < order.length; i++) {
      if (i > 0) {
        line.append(',');
      }
      String value = row[order[i]];
      if (value.indexOf(',') >= 0 || value.indexOf('"') >= 0) {
        line.append('"').append(value.replace("\"", "\"\"")).append('"');
      } else {
        line.append(value);
      }
    }
    return line.toString();
  }
}
