package needle.pipelines.draft;

import java.util.function.Predicate;

/** Values that are not what nearly all others of their column are: how many, and the first. */
final class Exceptions {
  private static final int FEWEST_VALUES = 10;
  private static final int ONE_IN = 50;

  /** Beyond so many they are not few, however many values there are. */
  private static final int MOST = 1_000;

  private static final int LONGEST_EXAMPLE = 20;

  private long count;
  private String first;

  void add(String value) {
    count++;
    if (first == null) {
      first = value;
    }
  }

  void addUnless(Predicate<String> fits, String value) {
    if (!areTooMany() && !fits.test(value)) {
      add(value);
    }
  }

  long count() {
    return count;
  }

  boolean areTooMany() {
    return count > MOST;
  }

  /** Whether the others are so many that they say what the column is. */
  static boolean areFew(long exceptions, long values) {
    return values >= FEWEST_VALUES && exceptions <= Math.min(MOST, Math.max(1, values / ONE_IN));
  }

  /** The first of them in words; nothing where values are not to be shown. */
  String example(boolean personal) {
    return personal || first == null
        ? ""
        : ", such as '"
            + first
                .substring(0, Math.min(LONGEST_EXAMPLE, first.length()))
                .replaceAll("\\p{Cntrl}", " ")
            + "'";
  }
}
