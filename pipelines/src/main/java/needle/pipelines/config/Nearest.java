package needle.pipelines.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What somebody may have meant. */
public final class Nearest {
  private Nearest() {}

  /** The question whether it was meant, to begin a remedy with; empty where nothing is near. */
  public static String question(String word, Collection<String> known) {
    return of(word, known).map(near -> "did you mean " + near + "? ").orElse("");
  }

  /** A slip of the fingers, or a word in another form: two letters, of long ones a third. */
  public static Optional<String> of(String word, Collection<String> known) {
    LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
    return known.stream()
        .filter(k -> distance.apply(k, word) <= Math.max(2, word.length() / 3))
        .min(Comparator.comparingInt(k -> distance.apply(k, word)));
  }
}
