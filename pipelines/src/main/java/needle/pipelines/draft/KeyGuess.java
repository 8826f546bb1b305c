package needle.pipelines.draft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which columns tell the records of a sample apart: filled in each, and never the same twice, or
 * named like an id and so in all but few.
 */
final class KeyGuess {
  private static final Pattern NAMED_A_KEY =
      Pattern.compile("(^|_)(id|key|number|no|nr|code|guid|uuid)(_|$)|id$");
  private static final int MOST_IN_PAIRS = 6;
  private static final int MOST_ROWS_FOR_PAIRS = 200_000;

  /** A key, and others that would do. */
  record Key(List<String> columns, List<List<String>> others) {}

  private KeyGuess() {}

  /**
   * Single columns before pairs, columns named like ids before others; an id with few exceptions
   * before pairs, which nearly any other column makes of it. Empty where nothing is unique.
   *
   * @param columns those that may be part of a key
   * @param positions where each stands in a record
   */
  static Key of(
      List<ColumnProfile> columns, Map<String, Integer> positions, Iterator<String[]> records) {
    List<List<String>> keys = new ArrayList<>();
    usable(columns).stream()
        .filter(ColumnProfile::isUnique)
        .forEach(c -> keys.add(List.of(c.name())));
    if (keys.isEmpty()) {
      columns.stream()
          .filter(c -> isNamedAKey(c) && isNoMeasure(c) && c.isNearlyUnique())
          .forEach(c -> keys.add(List.of(c.name())));
    }
    if (keys.isEmpty()) {
      keys.addAll(pairs(usable(columns), positions, records));
    }
    return keys.isEmpty()
        ? new Key(List.of(), List.of())
        : new Key(keys.get(0), keys.subList(1, keys.size()));
  }

  private static List<ColumnProfile> usable(List<ColumnProfile> columns) {
    return columns.stream()
        .filter(ColumnProfile::isFilled)
        .filter(KeyGuess::isNoMeasure)
        .sorted((a, b) -> Boolean.compare(isNamedAKey(b), isNamedAKey(a)))
        .toList();
  }

  private static boolean isNamedAKey(ColumnProfile column) {
    return NAMED_A_KEY.matcher(column.name()).find();
  }

  // A measure is no key, however seldom it repeats.
  private static boolean isNoMeasure(ColumnProfile column) {
    return column.shape().map(s -> !s.logicalType().matches("number|boolean")).orElse(true);
  }

  private static List<List<String>> pairs(
      List<ColumnProfile> columns, Map<String, Integer> positions, Iterator<String[]> records) {
    List<ColumnProfile> few = columns.subList(0, Math.min(MOST_IN_PAIRS, columns.size()));
    Map<List<String>, Set<String>> seen = new HashMap<>();
    List<List<String>> pairs = new ArrayList<>();
    for (int i = 0; i < few.size(); i++) {
      for (int j = i + 1; j < few.size(); j++) {
        pairs.add(List.of(few.get(i).name(), few.get(j).name()));
      }
    }
    pairs.forEach(pair -> seen.put(pair, new HashSet<>()));
    for (int row = 0; records.hasNext() && !pairs.isEmpty(); row++) {
      if (row >= MOST_ROWS_FOR_PAIRS) {
        return List.of();
      }
      String[] texts = records.next();
      pairs.removeIf(
          pair -> {
            String values =
                texts[positions.get(pair.get(0))] + "\u0001" + texts[positions.get(pair.get(1))];
            return !seen.get(pair).add(values);
          });
    }
    return pairs;
  }
}
