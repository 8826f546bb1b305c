package needle.pipelines.command;

import java.io.PrintWriter;
import needle.kit.InvalidInput;
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
    int code = line.execute(args);
    if (code != 0) {
      throw new InvalidInput(
          "needle " + line.getCommandName() + " did not succeed",
          "it ended with " + code + " and said why",
          "mend that, and run it again");
    }
  }
}
