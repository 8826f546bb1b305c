package needle.pipelines.faults;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import needle.SparkTest;
import needle.pipelines.Main;

/** {@code needle} in a Java process of its own, which may die. */
public final class ChildRun {
  private static final long LONGEST_MINUTES = 10;

  private final List<String> jvm = new ArrayList<>();
  private final Path said;
  private String before = "";
  private Map<String, String> environment = Map.of();
  private Process process;

  /**
   * @param folder where its output and scratch files go
   */
  public ChildRun(Path folder) throws IOException {
    said = Files.createTempFile(folder, "child", ".out");
    jvm.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=256m",
            "-XX:-UsePerfData",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xmx700m",
            "-Djava.io.tmpdir=" + folder));
    SparkTest.INTERPRETED.forEach((key, value) -> with("-D" + key + "=" + value));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(a -> a.startsWith("--add-opens"))
        .forEach(jvm::add);
  }

  /** Injects a fault, as {@link FaultyLogStore} reads it. */
  ChildRun at(String fault) {
    return with("-D" + FaultyLogStore.FAULT + "=" + fault)
        .with("-Dspark.delta.logStore.file.impl=" + FaultyLogStore.class.getName());
  }

  /** Gives its Java process an option. */
  public ChildRun with(String option) {
    jvm.add(option);
    return this;
  }

  /** Sets variables of its environment. */
  public ChildRun in(Map<String, String> variables) {
    environment = variables;
    return this;
  }

  /** Runs a command of the shell first, in the process that becomes the run. */
  ChildRun after(String shellCommand) {
    before = shellCommand + " && ";
    return this;
  }

  /** Starts {@code needle} with these arguments. */
  public ChildRun start(List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("sh", "-c", before + "exec \"$@\"", "sh"));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    return this;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Its exit code: of a process that was killed, 137. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(LONGEST_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("the child does not end");
    }
    return process.exitValue();
  }

  /** All that it has said so far. */
  public String said() {
    try {
      return Files.readString(said, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
