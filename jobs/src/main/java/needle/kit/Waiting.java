package needle.kit;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Waits for what other threads do, and fails as they failed. */
public final class Waiting {
  private Waiting() {}

  /** What another thread comes to. */
  @FunctionalInterface
  public interface Result<T> {
    T get() throws InterruptedException, ExecutionException;
  }

  /** The results of all tasks in their order, some done at a time. */
  public static <T> List<T> onAll(List<Callable<T>> tasks, int atATime) {
    ExecutorService pool = Executors.newFixedThreadPool(atATime);
    try {
      return on(() -> pool.invokeAll(tasks)).stream().map(task -> on(task::get)).toList();
    } finally {
      pool.shutdownNow();
    }
  }

  /** The result, when it is there. */
  public static <T> T on(Result<T> result) {
    try {
      return result.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }
}
