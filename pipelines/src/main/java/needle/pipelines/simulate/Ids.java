package needle.pipelines.simulate;

import java.util.UUID;

/** Ids as the source systems write them, each from a number that only one thing has. */
final class Ids {
  private static final char[] DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".toCharArray();

  private static final long SECONDS_OF_DAY = 86_400;
  private static final long NUMBERS_OF_DAY = 1_000_000_000_000L;

  // So that all numbers have as many digits, and are in order as texts too.
  private static final long FIRST_DAY = 10_000;

  private Ids() {}

  /** An 18-character Salesforce id: the object's prefix, the number, a suffix. */
  static String salesforce(String prefix, long number) {
    char[] body = new char[12];
    long left = number;
    for (int i = body.length - 1; i >= 0; i--) {
      body[i] = DIGITS[(int) (left % 62)];
      left /= 62;
    }
    return prefix + new String(body) + "AAM";
  }

  /**
   * A number that only one thing has, greater for things made later: systems count up.
   *
   * @param number the thing's own, below a million million
   */
  static long inOrder(long madeAt, long number) {
    return (FIRST_DAY + madeAt / SECONDS_OF_DAY) * NUMBERS_OF_DAY + number;
  }

  /** The Salesforce user of a person. */
  static String user(Person person) {
    return salesforce("005", person.number());
  }

  /** A random UUID, version 4. */
  static String uuid(Dice dice) {
    long high = (dice.next() & ~0xF000L) | 0x4000L;
    long low = (dice.next() & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
    return new UUID(high, low).toString();
  }

  /** A Qualtrics response id. */
  static String response(Dice dice) {
    return "R_" + Long.toString(dice.next() >>> 1, 36) + Long.toString(dice.next() >>> 34, 36);
  }

  /** An address of a documentation network, which no real machine has. */
  static String address(Dice dice) {
    return "203.0.113." + dice.between(1, 254);
  }
}
