package needle.pipelines.ingest;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import needle.pipelines.config.Dialect;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** The bytes of a delivered file. What they are is told by their first ones, not by the name. */
final class FileBytes {
  private static final int BUFFER = 1 << 16;

  private FileBytes() {}

  /** The bytes as delivered. */
  static FSDataInputStream open(String uri, Configuration conf) throws IOException {
    return FileSystem.get(URI.create(uri), conf).open(new Path(URI.create(uri)));
  }

  /** The bytes of a text, unpacked when they are gzip. */
  static InputStream unpacked(InputStream delivered) throws IOException {
    InputStream bytes = new BufferedInputStream(delivered, BUFFER);
    byte[] first = peek(bytes);
    return isGzip(first)
        // Java's own takes damage behind a first member for the end of the file.
        ? new BufferedInputStream(new GzipCompressorInputStream(bytes, true), BUFFER)
        : bytes;
  }

  /**
   * The characters of a text that is read as a whole, behind its byte order mark. A byte that is
   * none of the encoding becomes U+FFFD, which {@link TextLines#isNoText} refuses in every field.
   */
  static Reader reader(InputStream plain, Dialect dialect) throws IOException {
    Reader text =
        new BufferedReader(
            new InputStreamReader(plain, Charset.forName(dialect.encoding())), BUFFER);
    do {
      text.mark(1);
    } while (text.read() == TextLines.BYTE_ORDER_MARK);
    text.reset();
    return text;
  }

  static boolean isGzip(byte[] first) {
    return first.length > 1 && (first[0] & 0xff) == 0x1f && (first[1] & 0xff) == 0x8b;
  }

  /** The first bytes of a stream, which stay in it. */
  static byte[] peek(InputStream bytes) throws IOException {
    bytes.mark(BUFFER);
    byte[] first = bytes.readNBytes(512);
    bytes.reset();
    return first;
  }

  /** Why bytes that begin like this are not what the contract promises; null when they may be. */
  static String notOf(Dialect dialect, byte[] first) {
    if (startsWith(first, 'P', 'A', 'R', '1')) {
      return "it is a Parquet file, and the contract promises " + dialect.format();
    }
    if (startsWith(first, 'P', 'K', 3, 4)) {
      return "it is a zip archive or a spreadsheet; deliver what is inside as text";
    }
    boolean wide = startsWith(first, 0xff, 0xfe) || startsWith(first, 0xfe, 0xff);
    if (wide && !dialect.encoding().startsWith("UTF-16")) {
      return "it is UTF-16 text, and the contract promises " + dialect.encoding();
    }
    String text = new String(first, StandardCharsets.ISO_8859_1).strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("<!doctype html") || text.startsWith("<html") || text.startsWith("<?xml")) {
      return "it is a web page or XML, such as a login or error page saved under the extract's name";
    }
    return null;
  }

  private static boolean startsWith(byte[] bytes, int... prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (bytes.length <= i || (bytes[i] & 0xff) != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
