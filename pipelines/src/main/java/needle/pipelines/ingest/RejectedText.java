package needle.pipelines.ingest;

import java.nio.charset.StandardCharsets;
import org.apache.commons.codec.digest.DigestUtils;

/** What is kept of a record that cannot be accepted. */
final class RejectedText {
  private static final int LONGEST = 4_000;

  private RejectedText() {}

  /** The text, or of a long one the beginning, its length and hash. */
  static String of(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "… " + identity(text);
  }

  /** Stands for a text that may hold what must never be landed. */
  static String withheld(String text) {
    return "withheld, because it may hold what the contract drops or does not name: "
        + identity(text);
  }

  private static String identity(String text) {
    return "["
        + text.length()
        + " characters, sha256 "
        + DigestUtils.sha256Hex(text.getBytes(StandardCharsets.UTF_8))
        + "]";
  }
}
