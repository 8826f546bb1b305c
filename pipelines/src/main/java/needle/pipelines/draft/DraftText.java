package needle.pipelines.draft;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.regex.Pattern;

/**
 * YAML, line by line, with comments; every text is quoted that YAML could take for something else.
 */
final class DraftText {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z][A-Za-z0-9_]*([ .-][A-Za-z0-9_.]+)*");
  private static final Pattern RESERVED = Pattern.compile("(?i)true|false|yes|no|on|off|null|y|n");

  private final StringBuilder text = new StringBuilder();

  void line(int depth, String line) {
    text.append("  ".repeat(depth)).append(line).append('\n');
  }

  void comment(int depth, String comment) {
    line(depth, "# " + comment.replaceAll("\\p{Cntrl}", " "));
  }

  void pair(int depth, String key, String value) {
    line(depth, key + ": " + value(value));
  }

  static String value(String value) {
    boolean isPlain = PLAIN.matcher(value).matches() && !RESERVED.matcher(value).matches();
    return isPlain
        ? value
        : '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value)) + '"';
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
