package needle.pipelines.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.integers;
import static org.quicktheories.generators.SourceDSL.lists;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import needle.kit.ColumnType;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.Dialect.Format;
import needle.pipelines.config.ExtractContract;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever the bytes: a file is put aside, or as many records are read of it as were counted, by a
 * count that does not know the parser.
 */
class AnyBytesTest {
  // What files are made of, and what parsers stumble over.
  private static final List<String> PIECES =
      List.of(
          "a", "7", " ", "\t", ",", ";", "\"", "\"\"", "\n", "\r\n", "\r", "#", "\\", "'", "\0",
          "\u00a0", "\u2028", "\uFEFF", "\uFFFD", "ü", "{\"a\":", "}", "[", "]", "{}", "null",
          "1e9", "-");

  @TempDir Path folder;

  static Stream<Dialect> dialects() {
    return Stream.of(
        csv(',', false),
        csv('\t', false),
        csv(',', true),
        csv(';', true),
        csv('\t', true),
        Dialect.of(Format.JSON_LINES),
        Dialect.of(Format.JSON_ARRAY));
  }

  private static Dialect csv(char delimiter, boolean multiline) {
    return new Dialect(
        Format.CSV, delimiter, '"', "UTF-8", 0, 0, multiline, "UTC", false, List.of(), "");
  }

  private static ExtractContract contract(Dialect dialect) {
    String source = dialect.format() == Format.CSV ? "a" : "/a";
    return Texts.contract(dialect, Texts.OPEN, Texts.read("a", source, ColumnType.TEXT, null));
  }

  private void isAccountedFor(Dialect dialect, byte[] bytes) throws IOException {
    Path file = Files.write(folder.resolve("x"), bytes);
    FileSurvey.Found found = Texts.survey(file, dialect);
    if (found.unreadable() == null) {
      assertThat(Texts.rows(contract(dialect), file).size())
          .as(dialect + " of " + new String(bytes, StandardCharsets.UTF_8))
          .isEqualTo(found.records());
    }
  }

  // A header that fits, most often: what follows it is what matters.
  private static String head(Dialect dialect, boolean fits) {
    if (!fits) {
      return "";
    }
    return switch (dialect.format()) {
      case CSV -> "a" + dialect.delimiter() + "b\n";
      case JSON_ARRAY -> "[";
      default -> "";
    };
  }

  @ParameterizedTest
  @MethodSource("dialects")
  void asManyRecordsAreReadAsWereCounted(Dialect dialect) {
    qt().withExamples(1_000)
        .forAll(
            lists().of(integers().between(0, PIECES.size() - 1)).ofSizeBetween(0, 24),
            integers().between(0, 9),
            integers().between(0, 255))
        .checkAssert(
            (pieces, head, anyByte) -> {
              try (ByteArrayOutputStream bytes = new ByteArrayOutputStream()) {
                bytes.write(head(dialect, head > 0).getBytes(StandardCharsets.UTF_8));
                for (int piece : pieces) {
                  bytes.write(PIECES.get(piece).getBytes(StandardCharsets.UTF_8));
                }
                if (head > 7) {
                  bytes.write(anyByte);
                }
                if (dialect.format() == Format.JSON_ARRAY && head > 2) {
                  bytes.write(']');
                }
                isAccountedFor(dialect, bytes.toByteArray());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  @Test
  void damageBehindTheFirstMemberOfAGzipIsFound() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (String text : List.of("a\n1\n", "2\n")) {
      try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
    }
    Dialect csv = csv(',', false);
    Path file = folder.resolve("x");
    byte[] whole = packed.toByteArray();
    Files.write(file, whole);
    assertThat(Texts.survey(file, csv).unreadable()).isNull();
    assertThat(Texts.survey(file, csv).records()).isEqualTo(2);
    assertThat(Texts.rows(contract(csv), file)).hasSize(2);
    int second = new String(whole, StandardCharsets.ISO_8859_1).lastIndexOf("\u001f\u008b");
    for (int at = second; at < second + 3; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x20;
      Files.write(file, damaged);
      assertThat(Texts.survey(file, csv).unreadable())
          .as("byte " + (at - second) + " of the second member")
          .startsWith("its bytes are damaged or cut off");
    }
    Files.write(file, Arrays.copyOf(whole, second + 5));
    assertThat(Texts.survey(file, csv).unreadable()).isNotNull();
  }
}
