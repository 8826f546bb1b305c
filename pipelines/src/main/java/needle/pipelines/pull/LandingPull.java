package needle.pipelines.pull;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import needle.pipelines.config.ExtractContract.Pull;
import needle.pipelines.ingest.Manifest;
import needle.pipelines.ingest.Manifest.Promise;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Lands the rows of a database table that are new since the last pull, as gzipped JSON lines with a
 * manifest beside them.
 *
 * <p>How far the last pull came is read from the manifests of what has landed; there is no other
 * state. A pull begins with the last one's highest watermark, since more rows may have come with
 * it: those that landed before are counted as duplicates. The file takes its name before it enters
 * the manifest, so a pull that dies in between is repeated, and nothing is lost.
 */
public final class LandingPull {
  /** What a pull landed; no file where nothing was new. */
  public record Landed(String table, Optional<String> file, long rows, String watermark) {}

  private static final JsonMapper JSON = new JsonMapper();

  private final Path landing;
  private final Configuration conf;
  private final Map<String, String> environment;
  private final Clock clock;

  /**
   * @param environment where credentials are looked up
   * @param clock dates the delivery folders
   */
  public LandingPull(
      String landing, Configuration conf, Map<String, String> environment, Clock clock) {
    this.landing = new Path(landing);
    this.conf = conf;
    this.environment = environment;
    this.clock = clock;
  }

  /**
   * Pulls one extract.
   *
   * @param since the watermark to begin with; that of the last pull when it is not given
   */
  public Landed pull(ExtractContract contract, Optional<String> since) {
    Pull pull = contract.pulled().orElseThrow();
    List<Field> fields = contract.readFields().stream().filter(f -> !f.isDropped()).toList();
    List<String> columns = fields.stream().map(LandingPull::column).toList();
    String watermark =
        fields.stream()
            .filter(f -> f.name().equals(pull.watermark()))
            .map(LandingPull::column)
            .findFirst()
            .orElseThrow();
    Credentials credentials = Credentials.of(pull.server(), environment);
    try (SourceTable table = SourceTable.open(pull, watermark, columns, credentials)) {
      FileSystem files = landing.getFileSystem(conf);
      PulledBefore before = PulledBefore.of(files, new Path(landing, contract.folder()));
      Optional<String> last = before.highest(table);
      SourceTable.Top top = table.top();
      boolean isNew =
          top != null
              && (since.isPresent()
                  || !last.equals(Optional.of(top.watermark()))
                  || before.rowsAt(top.watermark()) < top.rows());
      if (!isNew) {
        return new Landed(pull.table(), Optional.empty(), 0, last.orElse(null));
      }
      String from = since.or(() -> last).orElse(null);
      return land(contract, files, top, sink -> table.read(columns, from, sink), columns);
    } catch (IOException | UncheckedIOException e) {
      throw new InvalidInput(
          "Cannot write to the landing folder " + landing,
          e.getMessage(),
          "check the path, its permissions and free space; what has landed is whole");
    }
  }

  // A database column is a member of the object that its row becomes.
  private static String column(Field field) {
    return JsonPointer.compile(field.source()).getMatchingProperty();
  }

  private interface Rows {
    void to(SourceTable.Sink sink);
  }

  private Landed land(
      ExtractContract contract,
      FileSystem files,
      SourceTable.Top top,
      Rows rows,
      List<String> columns)
      throws IOException {
    LocalDate day = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    String name =
        DateTimeFormatter.ofPattern("'rows_'yyyyMMdd'T'HHmmssSSS'.jsonl.gz'")
            .withZone(ZoneOffset.UTC)
            .format(clock.instant());
    Path folder = new Path(new Path(landing, contract.folder()), day.toString());
    Path unfinished = new Path(folder, "." + name + ".unfinished");
    MessageDigest sha256 = DigestUtils.getSha256Digest();
    long[] count = {0};
    try (OutputStream bytes = files.create(unfinished, true);
        OutputStream lines = new GZIPOutputStream(new DigestOutputStream(bytes, sha256))) {
      rows.to(
          values -> {
            write(columns, values, lines);
            count[0]++;
          });
    } catch (RuntimeException e) {
      files.delete(unfinished, false);
      throw e;
    }
    Path file = new Path(folder, name);
    if (!files.rename(unfinished, file)) {
      throw new IOException(unfinished + " cannot be renamed to " + file);
    }
    Manifest.add(
        files,
        folder,
        new Promise(
            name,
            files.getFileStatus(file).getLen(),
            HexFormat.of().formatHex(sha256.digest()),
            count[0],
            top.watermark(),
            top.rows()));
    return new Landed(
        contract.pulled().orElseThrow().table(),
        Optional.of(contract.folder() + "/" + day + "/" + name),
        count[0],
        top.watermark());
  }

  private static void write(List<String> columns, String[] values, OutputStream lines) {
    ObjectNode row = JSON.createObjectNode();
    for (int i = 0; i < values.length; i++) {
      row.put(columns.get(i), values[i]);
    }
    try {
      lines.write((row + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
