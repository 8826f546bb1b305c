package needle.pipelines.pull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.pipelines.ingest.Manifest;
import needle.pipelines.ingest.Manifest.Promise;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** How far earlier pulls of an extract came, as the manifests of what they landed tell. */
final class PulledBefore {
  private final List<Promise> pulls;

  private PulledBefore(List<Promise> pulls) {
    this.pulls = pulls;
  }

  /**
   * @param folder the extract's folder, which holds delivery folders
   */
  static PulledBefore of(FileSystem files, Path folder) throws IOException {
    List<Promise> pulls = new ArrayList<>();
    if (files.exists(folder)) {
      for (FileStatus delivery : files.listStatus(folder)) {
        if (delivery.isDirectory()) {
          Manifest.of(files, delivery.getPath()).promises().stream()
              .filter(p -> p.watermark() != null)
              .forEach(pulls::add);
        }
      }
    }
    return new PulledBefore(pulls);
  }

  /** The highest watermark that has landed. */
  Optional<String> highest(SourceTable table) {
    return pulls.isEmpty()
        ? Optional.empty()
        : Optional.of(table.highest(pulls.stream().map(Promise::watermark).toList()));
  }

  /** How many rows of that watermark have landed together. */
  long rowsAt(String watermark) {
    return pulls.stream()
        .filter(p -> p.watermark().equals(watermark) && p.recordsAtWatermark() != null)
        .mapToLong(Promise::recordsAtWatermark)
        .max()
        .orElse(0);
  }
}
