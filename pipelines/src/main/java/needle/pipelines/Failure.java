package needle.pipelines;

import java.util.Optional;
import java.util.regex.Pattern;
import needle.kit.InvalidInput;
import needle.kit.Unavailable;

/**
 * A failure in words for the operator.
 *
 * @param cause what went wrong in the end, in one line
 * @param remedy what to do about it
 * @param isOfInput whether it stays as it is until somebody puts the input right
 */
public record Failure(String cause, String remedy, boolean isOfInput) {
  private static final Pattern DISK_FULL =
      Pattern.compile("No space left on device|File too large|[Qq]uota exceeded");
  private static final Pattern DENIED = Pattern.compile("[Pp]ermission denied|AccessDenied");
  private static final Pattern GONE =
      Pattern.compile(
          "part-\\S*\\.parquet does not exist|DELTA_(VERSION|FILE|CHANGE_DATA_FILE)_NOT_FOUND");
  private static final int DEEPEST = 50;

  /** Tells what lies under everything that Spark wrapped around it. */
  public static Failure of(Throwable error) {
    Throwable root = error;
    for (int depth = 0; root.getCause() != null && depth < DEEPEST; depth++) {
      root = root.getCause();
    }
    if (root instanceof InvalidInput input) {
      return new Failure(input.getMessage(), input.remedy(), !(input instanceof Unavailable));
    }
    String said = Optional.ofNullable(root.getMessage()).orElse("it says nothing more");
    String cause = root.getClass().getSimpleName() + ": " + said.lines().findFirst().orElse("");
    if (DISK_FULL.matcher(said).find()) {
      return new Failure(
          "the disk is full, or a file may not grow: " + cause,
          "make room and run it again; tables and publications are as they were",
          false);
    }
    if (DENIED.matcher(cause).find()) {
      return new Failure(
          "this user may not read or write it: " + cause,
          "give the user who runs Needle the right to, then run it again",
          true);
    }
    if (GONE.matcher(cause).find()) {
      return new Failure(
          "the warehouse has lost a file or version that a table needs: " + cause,
          "for a bronze table `needle ingest --source ID --rebuild`, then, as for any other table,"
              + " `needle run --rebuild`, which publishes them",
          false);
    }
    return new Failure(cause, "run it again with --verbose to see where", false);
  }
}
