package needle.pipelines.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.actions.Action;
import org.apache.spark.sql.delta.actions.AddCDCFile;
import org.apache.spark.sql.delta.actions.AddFile;
import org.apache.spark.sql.delta.actions.Metadata;
import org.apache.spark.sql.delta.actions.RemoveFile;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/** The commits of one table, read from its log without a Spark job. */
final class Commits {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** As many as Delta writes between two checkpoints. */
  private static final long MOST_REPLAYED = 10;

  private final DeltaLog log;

  Commits(DeltaLog log) {
    this.log = log;
  }

  /** Whether a commit between two versions replaced the whole table. */
  boolean isReplaced(long after, long upTo) {
    for (long version = after + 1; version <= upTo; version++) {
      if (overwrites(info(version))) {
        return true;
      }
    }
    return false;
  }

  /** How many rows a commit wrote, as it says itself. */
  Optional<Long> rowsWritten(long version) {
    JsonNode rows = info(version).at("/operationMetrics/numOutputRows");
    return rows.isMissingNode() ? Optional.empty() : Optional.of(rows.asLong());
  }

  /**
   * How many rows a commit inserted, changed or deleted, as it says itself; those that it only
   * copied do not count.
   */
  Optional<Long> rowsChanged(long version) {
    JsonNode metrics = info(version).at("/operationMetrics");
    if (!metrics.has("numTargetRowsInserted")) {
      return rowsWritten(version);
    }
    return Optional.of(
        Stream.of("numTargetRowsInserted", "numTargetRowsUpdated", "numTargetRowsDeleted")
            .mapToLong(rows -> metrics.path(rows).asLong())
            .sum());
  }

  /** The files that hold all that a commit inserted; empty where it inserted rows otherwise. */
  Optional<List<AddFile>> filesInserted(long version) {
    List<Action> actions = actions(version);
    boolean onlyAdds =
        isWhole(version)
            || actions.stream().noneMatch(a -> a instanceof RemoveFile || a instanceof AddCDCFile);
    return onlyAdds ? Optional.of(added(actions)) : Optional.empty();
  }

  /**
   * The files that hold every row that commits changed, as it was and as it became; empty where a
   * commit tells it otherwise.
   */
  Optional<List<AddFile>> filesChanged(long after, long upTo) {
    List<AddFile> files = new ArrayList<>();
    for (long version = after + 1; version <= upTo; version++) {
      if (!has(version)) {
        return Optional.empty();
      }
      List<Action> actions = actions(version);
      if (actions.stream().anyMatch(Metadata.class::isInstance)) {
        return Optional.empty();
      }
      List<AddFile> changed =
          actions.stream()
              .filter(AddCDCFile.class::isInstance)
              .map(a -> asAdded((AddCDCFile) a))
              .toList();
      if (changed.isEmpty()) {
        if (actions.stream().anyMatch(RemoveFile.class::isInstance)) {
          return Optional.empty();
        }
        changed = added(actions);
      }
      files.addAll(changed);
    }
    return Optional.of(files);
  }

  private static List<AddFile> added(List<Action> actions) {
    return actions.stream().filter(AddFile.class::isInstance).map(AddFile.class::cast).toList();
  }

  // Changed rows lie in files like any others, with one column more.
  private static AddFile asAdded(AddCDCFile changed) {
    return new AddFile(
        changed.path(),
        changed.partitionValues(),
        changed.size(),
        0L,
        false,
        null,
        null,
        null,
        Option.empty(),
        Option.empty(),
        Option.empty(),
        Option.empty(),
        Option.empty());
  }

  /**
   * The files of a version, from the newest one before whose files are known, commit by commit.
   * Empty where that version is far, or its log is gone.
   *
   * @param known what reads a version, if it was looked for before
   */
  Optional<Collection<AddFile>> files(
      long version, LongFunction<Optional<HadoopFsRelation>> known) {
    Map<String, AddFile> files = new LinkedHashMap<>();
    long from = version;
    while (has(from) && !isWhole(from)) {
      Optional<HadoopFsRelation> before = known.apply(from - 1);
      if (before.isPresent()) {
        CollectionConverters.asJava(((FilesOfVersion) before.get().location()).addFiles())
            .forEach(f -> files.put(key(f), f));
        break;
      }
      if (version - from == MOST_REPLAYED) {
        return Optional.empty();
      }
      from--;
    }
    if (!has(from)) {
      return Optional.empty();
    }
    for (; from <= version; from++) {
      for (Action action : actions(from)) {
        if (action instanceof AddFile added) {
          files.put(key(added), added);
        } else if (action instanceof RemoveFile removed) {
          files.remove(key(removed.path(), removed.getDeletionVectorUniqueId()));
        }
      }
    }
    return Optional.of(files.values());
  }

  private static String key(AddFile file) {
    return key(file.path(), file.getDeletionVectorUniqueId());
  }

  // A file of which more rows were marked as deleted is another file of the version after.
  private static String key(String path, Option<String> deletionVector) {
    return path + " " + deletionVector;
  }

  // Whether the commit's own files are all that the version has.
  private boolean isWhole(long version) {
    if (version == 0) {
      return true;
    }
    JsonNode info = info(version);
    return overwrites(info) && info.at("/operationParameters/predicate").isMissingNode();
  }

  private static boolean overwrites(JsonNode info) {
    return info.at("/operationParameters/mode").asText().equals("Overwrite");
  }

  private List<Action> actions(long version) {
    return List.copyOf(
        CollectionConverters.asJava(
            log.getChanges(version, version, Option.empty(), false).next()._2()));
  }

  private boolean has(long version) {
    Path commit = file(version);
    try {
      return files(commit).exists(commit);
    } catch (IOException e) {
      throw new IllegalStateException("cannot look for " + commit, e);
    }
  }

  // What a commit says of itself, in one of its first lines.
  private JsonNode info(long version) {
    Path commit = file(version);
    try (InputStream in = files(commit).open(commit)) {
      for (var lines = JSON.readerFor(JsonNode.class).<JsonNode>readValues(in); lines.hasNext(); ) {
        JsonNode info = lines.next().path("commitInfo");
        if (!info.isMissingNode()) {
          return info;
        }
      }
      return MissingNode.getInstance();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + commit, e);
    }
  }

  private FileSystem files(Path commit) throws IOException {
    return commit.getFileSystem(log.newDeltaHadoopConf());
  }

  private Path file(long version) {
    return new Path(log.logPath(), String.format("%020d.json", version));
  }
}
