package needle.pipelines.ingest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** What lies in a landing folder and fits no contract, so that nobody reads it. */
public final class UnmatchedFiles {
  /** A file, or a folder where a file should be, below the landing folder. */
  public record Unmatched(String file, String why) {}

  // <system>/<extract>/<delivery date>/<file>
  private static final int DEPTH = 4;

  private final List<ExtractContract> contracts;
  private final List<Unmatched> found = new ArrayList<>();

  private UnmatchedFiles(List<ExtractContract> contracts) {
    this.contracts = contracts;
  }

  /**
   * All of them, with the reason, by name; of what is hidden, files that a contract's pattern would
   * take.
   */
  public static List<Unmatched> in(
      SparkSession spark, String landing, List<ExtractContract> contracts) {
    UnmatchedFiles unmatched = new UnmatchedFiles(contracts);
    Path root = new Path(landing);
    try {
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      if (files.exists(root)) {
        unmatched.walk(files, root, "", 1);
      }
    } catch (IOException e) {
      throw new InvalidInput(
          "Cannot read the landing folder " + root,
          e.getMessage(),
          "check the path and its permissions");
    }
    return unmatched.found.stream().sorted(Comparator.comparing(Unmatched::file)).toList();
  }

  /** How many there are, in one line; empty where there are none. */
  public static Optional<String> told(List<Unmatched> unmatched) {
    return unmatched.isEmpty()
        ? Optional.empty()
        : Optional.of(
            unmatched.size()
                + " file(s) of the landing folder fit no contract and are not read;"
                + " `needle ingest --dry-run` lists them");
  }

  private void walk(FileSystem files, Path folder, String below, int depth) {
    for (FileStatus status : listed(files, folder)) {
      String name = below + status.getPath().getName();
      if (Landing.isHidden(status.getPath())) {
        if (status.isFile() && isLikeADelivery(name)) {
          found.add(
              new Unmatched(name, "a name that begins with . or _ is of a file in the making"));
        }
        continue;
      }
      if (status.isDirectory() && depth < DEPTH) {
        walk(files, status.getPath(), name + "/", depth + 1);
      } else {
        why(name, status.isDirectory()).ifPresent(why -> found.add(new Unmatched(name, why)));
      }
    }
  }

  // Not the notes of those who write: checksums, manifests, and marks without an ending.
  private boolean isLikeADelivery(String name) {
    String[] parts = name.split("/");
    String file = parts[parts.length - 1];
    return parts.length == DEPTH
        && file.lastIndexOf('.') > 0
        && !file.endsWith(".crc")
        && !file.equals(Manifest.NAME)
        && contracts.stream()
            .anyMatch(
                c -> c.folder().equals(parts[0] + "/" + parts[1]) && Landing.matches(c, file));
  }

  // Folders of contracts that may not be looked into stop an ingest; others are nobody's.
  private static List<FileStatus> listed(FileSystem files, Path folder) {
    try {
      return Arrays.asList(files.listStatus(folder));
    } catch (IOException e) {
      return List.of();
    }
  }

  private Optional<String> why(String name, boolean isFolder) {
    String[] parts = name.split("/");
    if (parts.length < DEPTH - 1) {
      return Optional.of("it does not lie in <system>/<extract>/<date>/");
    }
    String folder = parts[0] + "/" + parts[1];
    List<ExtractContract> here = contracts.stream().filter(c -> c.folder().equals(folder)).toList();
    if (here.isEmpty()) {
      return Optional.of("there is no contract for the folder " + folder);
    }
    if (parts.length < DEPTH) {
      return Optional.of("it lies in no date folder, such as " + folder + "/2025-12-03/");
    }
    if (isFolder) {
      return Optional.of("it is a folder: files lie in the date folder itself");
    }
    return here.stream().anyMatch(c -> Landing.matches(c, parts[3]))
        ? Optional.empty()
        : Optional.of(
            here.stream()
                .map(c -> "the pattern of the contract " + c.id() + " is " + c.filePattern())
                .collect(Collectors.joining(", ")));
  }
}
