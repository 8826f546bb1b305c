package needle.pipelines.study;

import com.univocity.parsers.csv.CsvParser;
import com.univocity.parsers.csv.CsvParserSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;

/** Lines of CSV files, to show a fault where it stands; Spark's rows do not know theirs. */
record CsvLines(List<Path> files, Configuration hadoop) {
  private static final int MOST_SHOWN = 80;

  static CsvLines of(String[] files, Configuration hadoop) {
    return new CsvLines(
        Stream.of(files).sorted().map(f -> new Path(URI.create(f))).toList(), hadoop);
  }

  /** The names in the header. */
  List<String> header() {
    return files.isEmpty()
        ? List.of()
        : first(files.get(0), StandardCharsets.UTF_8, line -> !line.isBlank())
            .map(line -> Arrays.asList(cells(line.text())))
            .orElse(List.of());
  }

  /** Where a column has that value for the first time, such as {@code in line 7}. */
  String placeOf(String column, String value) {
    int at = header().indexOf(column);
    return at < 0
        ? ""
        : found(
                StandardCharsets.UTF_8,
                line -> {
                  String[] cells = cells(line);
                  return cells.length > at && value.equals(cells[at]);
                })
            .map(line -> " in " + line.place(files.size()))
            .orElse("");
  }

  /** The first line that is not in UTF-8, with its place. */
  Optional<String> notUtf8() {
    // Every byte is a character of Latin-1, which most such files are in.
    return found(StandardCharsets.ISO_8859_1, line -> !isUtf8(line))
        .map(
            line ->
                line.place(files.size())
                    + " is not: "
                    + line.text().substring(0, Math.min(line.text().length(), MOST_SHOWN)));
  }

  private static boolean isUtf8(String bytes) {
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  private record Line(Path file, int number, String text) {
    String place(int files) {
      return "line " + number + (files == 1 ? "" : " of " + file.getName());
    }
  }

  private Optional<Line> found(Charset charset, Predicate<String> wanted) {
    return files.stream().flatMap(f -> first(f, charset, wanted).stream()).findFirst();
  }

  private Optional<Line> first(Path file, Charset charset, Predicate<String> wanted) {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    try (InputStream stored = file.getFileSystem(hadoop).open(file);
        InputStream plain = codec == null ? stored : codec.createInputStream(stored);
        BufferedReader lines = new BufferedReader(new InputStreamReader(plain, charset))) {
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // The mark that some programs begin UTF-8 with.
        String text = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
        if (wanted.test(text)) {
          return Optional.of(new Line(file, number, text));
        }
        number++;
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // As Spark divides a line.
  private static String[] cells(String line) {
    CsvParserSettings settings = new CsvParserSettings();
    settings.getFormat().setQuoteEscape('\\');
    settings.setIgnoreLeadingWhitespaces(false);
    settings.setIgnoreTrailingWhitespaces(false);
    settings.setMaxColumns(20_480);
    settings.setMaxCharsPerColumn(-1);
    String[] cells = new CsvParser(settings).parseLine(line);
    return cells == null ? new String[0] : cells;
  }
}
