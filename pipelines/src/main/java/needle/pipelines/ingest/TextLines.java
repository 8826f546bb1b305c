package needle.pipelines.ingest;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.apache.commons.io.input.ReaderInputStream;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;

/**
 * The lines of a text file, one at a time, in bounded memory: of a line that is too long only the
 * beginning is kept.
 */
final class TextLines implements Closeable {
  /** No record of an extract is longer; a longer one is a fault or an attack. */
  static final int LONGEST_LINE = 8 << 20;

  /** What is wrong with a record whose bytes are not text. */
  static final String NO_TEXT = "it is not valid text of the contract's encoding";

  private static final char REPLACEMENT = '\uFFFD';
  static final char BYTE_ORDER_MARK = '\uFEFF';

  private final LineReader lines;
  private final Text bytes = new Text();
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);
  private long number;
  private long consumed;
  private String text;
  private String fault;

  /**
   * @param linesBefore lines of the file that lie before the stream
   */
  TextLines(InputStream plain, String encoding, long linesBefore) {
    this.lines = new LineReader(inUtf8(plain, encoding), 1 << 16);
    this.number = linesBefore;
  }

  // A byte that is no character of the encoding becomes U+FFFD, which is refused below.
  private static InputStream inUtf8(InputStream plain, String encoding) {
    Charset charset = Charset.forName(encoding);
    if (charset.equals(StandardCharsets.UTF_8)) {
      return plain;
    }
    try {
      return ReaderInputStream.builder()
          .setReader(new InputStreamReader(plain, charset))
          .setCharset(StandardCharsets.UTF_8)
          .get();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Reads the next line; false at the end. */
  boolean next() throws IOException {
    int length = lines.readLine(bytes, LONGEST_LINE, Integer.MAX_VALUE);
    if (length == 0) {
      return false;
    }
    number++;
    consumed += length;
    fault = null;
    if (length > LONGEST_LINE + 2) {
      text =
          new String(
              bytes.getBytes(), 0, Math.min(bytes.getLength(), 1 << 16), StandardCharsets.UTF_8);
      fault = "the record has " + length + " bytes, and " + LONGEST_LINE + " are the most";
      return true;
    }
    decode();
    return true;
  }

  private void decode() {
    try {
      text = utf8.decode(ByteBuffer.wrap(bytes.getBytes(), 0, bytes.getLength())).toString();
    } catch (CharacterCodingException e) {
      text = new String(bytes.getBytes(), 0, bytes.getLength(), StandardCharsets.UTF_8);
    }
    if (number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
      text = text.substring(1);
    }
    if (isNoText(text)) {
      fault = NO_TEXT;
    }
  }

  /** Whether a text holds what no text holds, but stands where bytes could not be decoded. */
  static boolean isNoText(String text) {
    return text != null && (text.indexOf(REPLACEMENT) >= 0 || text.indexOf('\0') >= 0);
  }

  /** The line's number in the file, from 1. */
  long number() {
    return number;
  }

  /** Bytes that the lines so far took, line ends included; of UTF-8 files only. */
  long consumed() {
    return consumed;
  }

  String text() {
    return text;
  }

  /** Why the line cannot be text; null when it can. */
  String fault() {
    return fault;
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
