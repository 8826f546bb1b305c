package needle.pipelines.command;

import java.io.PrintWriter;
import picocli.CommandLine;

/** A verb run by another verb, in the same process. */
final class Step {
  private Step() {}

  /** Runs it; its errors are the caller's errors. */
  static void run(Object verb, PrintWriter out, String... args) {
    CommandLine line = new CommandLine(verb).setOut(out);
    line.setExecutionExceptionHandler(
        (error, command, parsed) -> {
          throw error;
        });
    line.setParameterExceptionHandler(
        (error, given) -> {
          throw error;
        });
    line.execute(args);
  }
}
