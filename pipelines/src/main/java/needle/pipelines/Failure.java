package needle.pipelines;

import java.util.Optional;
import java.util.regex.Pattern;
import needle.kit.InvalidInput;

/**
 * A failure that is not the input's fault, in words for the operator.
 *
 * @param cause what went wrong in the end, in one line
 * @param remedy what to do about it
 */
public record Failure(String cause, String remedy) {
  private static final Pattern DISK_FULL =
      Pattern.compile("No space left on device|File too large|[Qq]uota exceeded");
  private static final int DEEPEST = 50;

  /** Tells what lies under everything that Spark wrapped around it. */
  public static Failure of(Throwable error) {
    Throwable root = error;
    for (int depth = 0; root.getCause() != null && depth < DEEPEST; depth++) {
      root = root.getCause();
    }
    if (root instanceof InvalidInput input) {
      return new Failure(input.getMessage(), input.remedy());
    }
    String said = Optional.ofNullable(root.getMessage()).orElse("it says nothing more");
    String cause = root.getClass().getSimpleName() + ": " + said.lines().findFirst().orElse("");
    return DISK_FULL.matcher(said).find()
        ? new Failure(
            "the disk is full, or a file may not grow: " + cause,
            "make room and run it again; tables and publications are as they were")
        : new Failure(cause, "run it again with --verbose to see where");
  }
}
