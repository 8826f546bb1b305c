package needle.pipelines;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;

/** A command line of {@code needle} that must succeed. */
final class NeedleVerb {
  private NeedleVerb() {}

  /** Runs it in this process; gives what it printed. */
  static String needle(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(args);
    assertThat(code).as(String.join(" ", args) + "\n" + err).isZero();
    return out.toString();
  }
}
