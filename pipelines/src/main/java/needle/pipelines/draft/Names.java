package needle.pipelines.draft;

import java.text.Normalizer;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Names as tables have them, made from names as systems have them. */
final class Names {
  private final Set<String> given = new HashSet<>();

  /** The name in snake_case, unlike any given before. */
  String unique(String source) {
    String name = snakeCase(source);
    String unique = name;
    for (int i = 2; !given.add(unique); i++) {
      unique = name + "_" + i;
    }
    return unique;
  }

  /** {@code StudentID} becomes {@code student_id}, {@code Größe (cm)} {@code grosse_cm}. */
  static String snakeCase(String source) {
    String ascii =
        Normalizer.normalize(source.replace("ß", "ss"), Normalizer.Form.NFD)
            .replaceAll("\\p{M}", "");
    String name =
        ascii
            .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .replaceAll("([A-Z]+)([A-Z][a-z])", "$1_$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "_")
            .replaceAll("^_+|_+$", "");
    return name.matches("[a-z].*") ? name : "c_" + name;
  }
}
