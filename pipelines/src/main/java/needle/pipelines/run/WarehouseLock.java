package needle.pipelines.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import needle.kit.InvalidInput;
import needle.kit.Unavailable;

/**
 * One writer at a time on a local warehouse.
 *
 * <p>Delta's log store for local disks can lose commits between two JVMs. The operating system
 * frees the lock when the process dies, however it dies. On object stores Delta's own commit
 * protocol decides, and no lock is taken.
 */
public final class WarehouseLock implements AutoCloseable {
  private final FileChannel channel;

  private WarehouseLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Takes the lock, or fails at once when another run holds it. */
  public static WarehouseLock take(String warehouse) {
    if (warehouse.contains("://") && !warehouse.startsWith("file:")) {
      return new WarehouseLock(null);
    }
    Path folder = Path.of(warehouse.replaceFirst("^file:(//)?", ""));
    try {
      Files.createDirectories(folder);
      FileChannel channel =
          FileChannel.open(
              folder.resolve(".needle.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (!isFree(channel)) {
        channel.close();
        throw new Unavailable(
            "The warehouse " + warehouse + " is busy",
            "another run of Needle is writing to it",
            "wait for it to end; a run that died has already freed the lock");
      }
      return new WarehouseLock(channel);
    } catch (IOException e) {
      throw new InvalidInput(
          "Cannot write to the warehouse " + warehouse,
          e.getMessage(),
          "check the path, its permissions and free space");
    }
  }

  // The system answers for other processes, Java for this one.
  private static boolean isFree(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public void close() {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new IllegalStateException("cannot free the warehouse's lock", e);
      }
    }
  }
}
