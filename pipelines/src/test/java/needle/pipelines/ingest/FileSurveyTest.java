package needle.pipelines.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.Dialect.Format;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileSurveyTest {
  private static final Dialect CSV = Dialect.of(Format.CSV);
  private static final Dialect MULTILINE =
      new Dialect(Format.CSV, ',', '"', "UTF-8", 0, 0, true, "UTC", false, List.of(), "");
  private static final String THREE = "a,b\n1,x\n2,y\n\n3,z";

  @TempDir Path folder;

  private FileSurvey.Found survey(Dialect dialect, byte[] content) throws IOException {
    Path file = folder.resolve("x[1].csv");
    Files.write(file, content);
    return FileSurvey.of(file.toUri().toString(), dialect, new Configuration());
  }

  private FileSurvey.Found survey(Dialect dialect, String content) throws IOException {
    return survey(dialect, content.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return packed.toByteArray();
  }

  @Test
  void countsRecordsAndHashesTheBytesAsDelivered() throws IOException {
    FileSurvey.Found found = survey(CSV, THREE);
    assertThat(found.header()).containsExactly("a", "b");
    assertThat(found.records()).isEqualTo(3);
    assertThat(found.sha256()).isEqualTo(DigestUtils.sha256Hex(THREE));
    assertThat(found.unreadable()).isNull();
  }

  @Test
  void gzipIsToldByItsBytesWhateverTheName() throws IOException {
    byte[] packed = gzip(THREE);
    FileSurvey.Found found = survey(CSV, packed);
    assertThat(found.records()).isEqualTo(3);
    assertThat(found.sha256()).isEqualTo(DigestUtils.sha256Hex(packed));
  }

  @Test
  void aCutOrDamagedGzipIsUnreadableAsAWhole() throws IOException {
    byte[] packed =
        gzip(
            IntStream.range(0, 20_000)
                .mapToObj(i -> i + "," + Integer.toHexString(i * 31_337))
                .collect(Collectors.joining("\n")));
    assertThat(survey(CSV, Arrays.copyOf(packed, packed.length / 2)).unreadable())
        .isEqualTo("its bytes are damaged or cut off: it ends too early");
    packed[packed.length / 2] ^= 0x55;
    assertThat(survey(CSV, packed).unreadable()).contains("damaged or cut off");
  }

  @ParameterizedTest
  @CsvSource({
    "<!DOCTYPE html><html>, a web page",
    "'  <html><body>Sign in</body>', a web page",
    "PAR1xxxx, a Parquet file",
    "PK\u0003\u0004xx, a zip archive"
  })
  void whatIsNoTextOfTheContractIsNamed(String content, String name) throws IOException {
    assertThat(survey(CSV, content).unreadable()).contains(name);
  }

  @Test
  void wideTextIsReadOnlyWhereTheContractSaysSo() throws IOException {
    byte[] wide = ("\uFEFF" + THREE).getBytes(StandardCharsets.UTF_16LE);
    assertThat(survey(CSV, wide).unreadable()).contains("UTF-16");
    Dialect utf16 =
        new Dialect(Format.CSV, ',', '"', "UTF-16", 0, 0, false, "UTC", false, List.of(), "");
    FileSurvey.Found found = survey(utf16, wide);
    assertThat(found.unreadable()).isNull();
    assertThat(found.header()).containsExactly("a", "b");
    assertThat(found.records()).isEqualTo(3);
  }

  @Test
  void otherEncodingsAreReadAsDeclared() throws IOException {
    Dialect latin =
        new Dialect(Format.CSV, ';', '"', "ISO-8859-1", 0, 0, false, "UTC", false, List.of(), "");
    FileSurvey.Found found =
        survey(latin, "Straße;Größe\n1;2\n".getBytes(Charset.forName("ISO-8859-1")));
    assertThat(found.header()).containsExactly("Straße", "Größe");
  }

  @Test
  void quotedLineBreaksAreOneRecordWhereTheContractAllowsThem() throws IOException {
    FileSurvey.Found found = survey(MULTILINE, "a,b\n1,\"two\nlines, \"\"quoted\"\"\"\r\n2,y\n");
    assertThat(found.header()).containsExactly("a", "b");
    assertThat(found.records()).isEqualTo(2);
    assertThat(found.unreadable()).isNull();
  }

  @Test
  void aStrayQuoteMakesAFileOfQuotedLineBreaksUncertain() throws IOException {
    assertThat(survey(MULTILINE, "a,b\n1,5\" pipe\n2,y").unreadable()).contains("quote in line 2");
    assertThat(survey(MULTILINE, "a,b\n1,x\n2,\"x\" y\n").unreadable()).contains("quote in line 3");
    assertThat(survey(MULTILINE, "a,b\n1,x\n2,\"open\n3,z").unreadable())
        .contains("quote in line 4");
  }

  @Test
  void whatTheParserHasNoRoomForPutsTheFileAside() throws IOException {
    String wide = "x,".repeat(2_000);
    assertThat(survey(CSV, wide + "\n1\n").unreadable())
        .contains("header has more than 2000 fields");
    assertThat(survey(MULTILINE, wide + "\n1\n").unreadable()).contains("more than 2000 fields");
    assertThat(survey(MULTILINE, "a,b\n1,x\n2," + wide + "\n").unreadable())
        .contains("record in line 3 has more than 2000 fields");
    assertThat(survey(MULTILINE, "a,b\n1,\"" + "x".repeat(1 << 20) + "\"\n2,y\n").unreadable())
        .contains("field in line 2 is longer than 1048576 characters");
    assertThat(survey(MULTILINE, "a,b\n1,\"" + "x\n".repeat(1 << 18) + "\"\n2,y\n").unreadable())
        .isNull();
  }

  @Test
  void aJsonArrayIsCountedAndMustEnd() throws IOException {
    Dialect array = Dialect.of(Format.JSON_ARRAY);
    assertThat(survey(array, "[{\"a\": [1, 2]},\n {\"a\": 3}, 4]").records()).isEqualTo(3);
    assertThat(survey(array, "[]").records()).isZero();
    assertThat(survey(array, "[{\"a\": 1}, {\"a\":").unreadable()).contains("damaged or cut off");
  }

  @Test
  void aLargePlainFileIsReadInPartsThatKeepTheirLineNumbers() throws IOException {
    String line = "x".repeat(999) + "\n";
    String text = "a\n" + line.repeat(20_000);
    FileSurvey.Found found = survey(CSV, text);
    assertThat(found.records()).isEqualTo(20_000);
    assertThat(found.parts()).hasSize(3);
    LandedFile.Part second = found.parts().get(1);
    assertThat(second.start()).isEqualTo(found.parts().get(0).end());
    // The header has two bytes, every other line a thousand.
    assertThat(second.start()).isEqualTo(2 + (second.linesBefore() - 1) * 1_000);
  }

  @Test
  void aLineWithoutEndIsReadInBoundedMemory() throws IOException {
    FileSurvey.Found found = survey(CSV, "a\n" + "x".repeat(20 << 20) + "\n1\n");
    assertThat(found.records()).isEqualTo(2);
  }
}
