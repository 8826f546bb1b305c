package needle.kit;

import java.util.concurrent.ExecutionException;

/** Waits for what other threads do, and fails as they failed. */
public final class Waiting {
  private Waiting() {}

  /** What another thread comes to. */
  @FunctionalInterface
  public interface Result<T> {
    T get() throws InterruptedException, ExecutionException;
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
