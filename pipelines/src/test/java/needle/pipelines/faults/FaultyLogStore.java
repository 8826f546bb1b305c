package needle.pipelines.faults;

import io.delta.storage.HDFSLogStore;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Delta's log store for local disks, in a process that comes to harm at a named commit: {@code
 * AFTER silver.sales 1} dies once version 1 of silver.sales, or a later one, is written.
 */
public final class FaultyLogStore extends HDFSLogStore {
  /** System property that names the fault. */
  static final String FAULT = "needle.fault";

  /** System property that names the file for which {@link Harm#WAIT} waits. */
  static final String GATE = "needle.fault.gate";

  /** What happens. */
  enum Harm {
    BEFORE,
    /** In the middle of the file, which is not in its place yet. */
    DURING,
    AFTER,
    /** The heap is used up. */
    MEMORY,
    /** Nothing goes on until somebody opens the gate. */
    WAIT
  }

  public FaultyLogStore(Configuration conf) {
    super(conf);
  }

  @Override
  public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration conf)
      throws IOException {
    String[] fault = System.getProperty(FAULT).split(" ");
    Harm harm = Harm.valueOf(fault[0]);
    String log = fault[1].replace('.', '/') + "/_delta_log";
    if (!path.getParent().toString().endsWith(log) || version(path) < Long.parseLong(fault[2])) {
      super.write(path, actions, overwrite, conf);
      return;
    }
    switch (harm) {
      case BEFORE -> die();
      case DURING -> super.write(path, dyingAfterOne(actions), overwrite, conf);
      case MEMORY -> useUpTheHeap();
      case WAIT -> waitAtTheGate();
      case AFTER -> {}
    }
    super.write(path, actions, overwrite, conf);
    if (harm == Harm.AFTER) {
      die();
    }
  }

  private static long version(Path commit) {
    return Long.parseLong(commit.getName().replaceFirst("\\..*", ""));
  }

  // As kill -9 does: no shutdown hook runs.
  private static void die() {
    Runtime.getRuntime().halt(137);
  }

  private static Iterator<String> dyingAfterOne(Iterator<String> actions) {
    return new Iterator<>() {
      private int given;

      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public String next() {
        if (given++ > 0) {
          die();
        }
        return actions.next();
      }
    };
  }

  private static void useUpTheHeap() {
    List<byte[]> kept = new ArrayList<>();
    while (kept.size() < Integer.MAX_VALUE) {
      kept.add(new byte[16 << 20]);
    }
  }

  private static void waitAtTheGate() {
    java.nio.file.Path gate = java.nio.file.Path.of(System.getProperty(GATE));
    while (!Files.exists(gate)) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
