package needle.pipelines.ingest;

import java.io.FilterReader;
import java.io.IOException;
import java.io.PushbackReader;
import java.io.Reader;

/** A text in which a line feed stands for every carriage return with one. */
final class LineFeeds extends FilterReader {
  private final PushbackReader text;

  LineFeeds(Reader text) {
    this(new PushbackReader(text, 1));
  }

  private LineFeeds(PushbackReader text) {
    super(text);
    this.text = text;
  }

  @Override
  public int read() throws IOException {
    int c = text.read();
    if (c != '\r') {
      return c;
    }
    int next = text.read();
    if (next == '\n') {
      return next;
    }
    unread(next);
    return c;
  }

  @Override
  public int read(char[] into, int from, int most) throws IOException {
    int read = text.read(into, from, most);
    if (read > 0 && into[from + read - 1] == '\r') {
      // Whether one follows is told by the next character, which lies behind what was asked for.
      int next = text.read();
      if (next == '\n') {
        into[from + read - 1] = '\n';
      } else {
        unread(next);
      }
    }
    return read < 0 ? read : compacted(into, from, read);
  }

  private void unread(int next) throws IOException {
    if (next >= 0) {
      text.unread(next);
    }
  }

  private static int compacted(char[] into, int from, int read) {
    int kept = from;
    for (int i = from; i < from + read; i++) {
      boolean isBeforeFeed = into[i] == '\r' && i + 1 < from + read && into[i + 1] == '\n';
      if (!isBeforeFeed) {
        into[kept++] = into[i];
      }
    }
    return kept - from;
  }
}
