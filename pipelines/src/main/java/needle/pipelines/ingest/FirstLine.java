package needle.pipelines.ingest;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** Remembers the first line of what is read through it, character by character. */
final class FirstLine extends FilterReader {
  private static final int LONGEST = 1 << 16;

  private final StringBuilder line = new StringBuilder();
  private boolean ended;

  FirstLine(Reader text) {
    super(text);
  }

  @Override
  public int read() throws IOException {
    int c = super.read();
    ended |= c < 0 || c == '\n' || c == '\r' || line.length() >= LONGEST;
    if (!ended && c != '\uFEFF') {
      line.append((char) c);
    }
    return c;
  }

  String line() {
    return line.toString();
  }
}
