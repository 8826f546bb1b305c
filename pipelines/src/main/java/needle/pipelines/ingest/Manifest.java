package needle.pipelines.ingest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import needle.kit.InvalidInput;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * What the sender says of the files in a delivery folder, in {@value #NAME} beside them: a plain
 * file that was cut short cannot be told from its bytes alone.
 *
 * <pre>{"files": [{"name": "case.csv", "bytes": 1234, "sha256": "…", "records": 56}]}</pre>
 */
public final class Manifest {
  static final String NAME = "_manifest.json";

  /**
   * Every promise but the name may be left out.
   *
   * @param watermark of a file that was pulled from a database, the highest in it
   * @param recordsAtWatermark how many records have it
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Promise(
      String name,
      Long bytes,
      String sha256,
      Long records,
      String watermark,
      Long recordsAtWatermark)
      implements Serializable {}

  record Promises(List<Promise> files) {}

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final Map<String, Promise> promises = new TreeMap<>();

  /** The manifest of a delivery folder; promises nothing where there is none. */
  public static Manifest of(FileSystem files, Path delivery) throws IOException {
    Manifest manifest = new Manifest();
    Path path = new Path(delivery, NAME);
    if (files.exists(path)) {
      try (InputStream bytes = files.open(path)) {
        JSON.readValue(bytes, Promises.class)
            .files()
            .forEach(p -> manifest.promises.put(p.name(), p));
      } catch (com.fasterxml.jackson.core.JacksonException e) {
        throw new InvalidInput(
            "The manifest " + path + " cannot be read",
            e.getOriginalMessage(),
            "write {\"files\": [{\"name\", \"bytes\", \"sha256\", \"records\"}]}, or deliver without a manifest");
      }
    }
    return manifest;
  }

  /**
   * Adds a file to the manifest beside it: as one step, so that a reader sees all of it or none.
   */
  public static void add(FileSystem files, Path delivery, Promise promise) throws IOException {
    Manifest manifest = of(files, delivery);
    manifest.promises.put(promise.name(), promise);
    Path unfinished = new Path(delivery, "." + NAME + ".unfinished");
    try (OutputStream bytes = files.create(unfinished, true)) {
      JSON.writeValue(bytes, new Promises(manifest.promises()));
    }
    FileContext.getFileContext(files.getUri(), files.getConf())
        .rename(
            files.makeQualified(unfinished),
            files.makeQualified(new Path(delivery, NAME)),
            Options.Rename.OVERWRITE);
  }

  public List<Promise> promises() {
    return List.copyOf(promises.values());
  }

  /** Fails unless every promised file is there. */
  void requireAll(java.util.Collection<String> delivered, Path delivery) {
    List<String> missing =
        promises.keySet().stream().filter(name -> !delivered.contains(name)).sorted().toList();
    if (!missing.isEmpty()) {
      throw new InvalidInput(
          "The delivery " + delivery + " is not complete",
          NAME + " promises " + missing + ", which is not there",
          "deliver the file, or correct the manifest");
    }
  }

  Optional<Promise> of(String name) {
    return Optional.ofNullable(promises.get(name));
  }

  /** Why a file does not keep its promise; null when it does. */
  static String broken(Promise promise, long bytes, String sha256, long records) {
    if (promise.bytes() != null && promise.bytes() != bytes) {
      return "it has " + bytes + " bytes, and its manifest promises " + promise.bytes();
    }
    if (promise.sha256() != null && !promise.sha256().equalsIgnoreCase(sha256)) {
      return "its SHA-256 is " + sha256 + ", and its manifest promises " + promise.sha256();
    }
    if (promise.records() != null && promise.records() != records) {
      return "it has " + records + " records, and its manifest promises " + promise.records();
    }
    return null;
  }
}
