package needle.pipelines;

import java.io.PrintWriter;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import needle.kit.InvalidInput;
import needle.kit.Unavailable;
import needle.pipelines.command.BenchCommand;
import needle.pipelines.command.ContractCommand;
import needle.pipelines.command.CoverageCommand;
import needle.pipelines.command.DashboardCommand;
import needle.pipelines.command.DemoCommand;
import needle.pipelines.command.EstimateCommand;
import needle.pipelines.command.GraphCommand;
import needle.pipelines.command.IngestCommand;
import needle.pipelines.command.PublishCommand;
import needle.pipelines.command.PullCommand;
import needle.pipelines.command.ReplayCommand;
import needle.pipelines.command.ReplicateCommand;
import needle.pipelines.command.RestatementsCommand;
import needle.pipelines.command.RotateKeyCommand;
import needle.pipelines.command.RunCommand;
import needle.pipelines.command.SimulateCommand;
import needle.pipelines.command.SqlCommand;
import needle.pipelines.command.TablesCommand;
import needle.pipelines.command.WarmUpCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code needle} command. Exit code 0: done; 1: Needle failed; 2: the input is wrong and the
 * message says how; 4: something is busy or out of reach, and the same command may succeed later.
 */
@Command(
    name = "needle",
    description = "Finds out which training moved the needle.",
    mixinStandardHelpOptions = true,
    version = "needle 0.1.0",
    subcommands = {
      DemoCommand.class,
      SimulateCommand.class,
      RunCommand.class,
      PullCommand.class,
      IngestCommand.class,
      ReplayCommand.class,
      ContractCommand.class,
      PublishCommand.class,
      RestatementsCommand.class,
      RotateKeyCommand.class,
      EstimateCommand.class,
      DashboardCommand.class,
      SqlCommand.class,
      TablesCommand.class,
      GraphCommand.class,
      ReplicateCommand.class,
      CoverageCommand.class,
      BenchCommand.class,
      WarmUpCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Main implements Runnable {
  // 3 is Java's own, of a process without memory.
  private static final int UNAVAILABLE = 4;

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command line and gives its exit code. */
  public static int run(String... args) {
    CommandLine line = commandLine();
    try {
      return line.execute(args);
    } catch (Error e) {
      // picocli hands over exceptions only, and to Hadoop a full disk is an error.
      return failed(line.getErr(), "needle", e);
    }
  }

  private static int failed(PrintWriter err, String what, Throwable error) {
    Failure failure = Failure.of(error);
    err.println("error: " + what + " failed");
    err.println(plain("  cause:  " + failure.cause()));
    err.println(plain("  remedy: " + failure.remedy()));
    err.flush();
    return failure.isOfInput() ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  /** The command, ready to execute. */
  public static CommandLine commandLine() {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(LocalDate.class, Main::date);
    line.setExecutionExceptionHandler(
        (error, command, parsed) -> {
          PrintWriter err = command.getErr();
          if (main.verbose) {
            error.printStackTrace(err);
          }
          if (error instanceof InvalidInput) {
            err.println(plain("error: " + error.getMessage()));
            return error instanceof Unavailable ? UNAVAILABLE : CommandLine.ExitCode.USAGE;
          }
          return failed(err, command.getCommandName(), error);
        });
    line.setParameterExceptionHandler(
        (error, given) -> {
          CommandLine verb = error.getCommandLine();
          String name = verb.getCommandSpec().qualifiedName();
          PrintWriter err = verb.getErr();
          err.println("error: `" + name + "` cannot be run like this");
          err.println("  cause:  " + error.getMessage());
          err.println("  remedy: `" + name + " --help` lists what it takes");
          CommandLine.UnmatchedArgumentException.printSuggestions(error, err);
          return CommandLine.ExitCode.USAGE;
        });
    return line;
  }

  // What a delivered file says may hold characters that a terminal obeys.
  private static String plain(String text) {
    return text.replaceAll("[\\p{Cc}&&[^\\n\\t]]", "\uFFFD");
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new CommandLine.TypeConversionException(
          "'" + text + "' is not a date such as 2025-06-30");
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
