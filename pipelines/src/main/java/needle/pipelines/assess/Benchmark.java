package needle.pipelines.assess;

import java.util.List;
import java.util.Locale;

/**
 * What one walk of one company cost, as a section of docs/benchmarks.md.
 *
 * @param inputBytes size of the delivered files
 * @param scanSeconds reading every line of the same files once, and doing nothing with it
 * @param full the build of all months but the last
 * @param month the delivery of the last month on top of it
 * @param peakBytes most memory that the process ever held
 */
public record Benchmark(
    int employees,
    int months,
    long inputBytes,
    double simulateSeconds,
    double scanSeconds,
    Walk full,
    Walk month,
    long peakBytes) {

  /** One layer of the walk. */
  public record Stretch(String layer, long tables, long rowsIn, long rowsOut, double seconds) {}

  /**
   * One run of all layers, one after the other.
   *
   * @param seconds from its start to what it published, as a clock on the wall has it
   * @param cpuSeconds processor time, which a busy machine does not stretch
   */
  public record Walk(List<Stretch> layers, double seconds, double cpuSeconds) {
    private double seconds(List<String> of) {
      return layers.stream()
          .filter(s -> of.contains(s.layer()))
          .mapToDouble(Stretch::seconds)
          .sum();
    }
  }

  /** The section. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "## %,d employees × %d months%n%n%,d delivered rows in %,.0f MB; simulated in %.1f s; a plain"
                + " scan of the files takes %.1f s; peak memory %,.0f MB.%n%n",
            employees,
            months,
            inputRows(),
            inputBytes / 1e6,
            simulateSeconds,
            scanSeconds,
            peakBytes / 1e6));
    text.append("| layer | tables | rows in | rows out | seconds | rows/s | × plain scan |\n");
    text.append("|---|--:|--:|--:|--:|--:|--:|\n");
    full.layers().forEach(s -> line(s, text));
    double total = full.layers().stream().mapToDouble(Stretch::seconds).sum();
    long out = full.layers().stream().mapToLong(Stretch::rowsOut).sum();
    long tables = full.layers().stream().mapToLong(Stretch::tables).sum();
    line(new Stretch("all", tables, inputRows(), out, total), text);
    text.append("\nOne more month's delivery, on top of the months before it:\n\n");
    text.append(
        "| layer | full build, seconds | one more month, seconds | share |\n|---|--:|--:|--:|\n");
    full.layers().forEach(s -> share(s.layer(), List.of(s.layer()), text));
    share("ingest: bronze, silver, panel", List.of("bronze", "silver", "panel"), text);
    share("the whole run, by the clock", full.seconds(), month.seconds(), text);
    share("the whole run, processor time", full.cpuSeconds(), month.cpuSeconds(), text);
    return text.toString();
  }

  // Bronze reads what was delivered.
  private long inputRows() {
    return full.layers().get(0).rowsIn();
  }

  private void share(String name, List<String> layers, StringBuilder text) {
    share(name, full.seconds(layers), month.seconds(layers), text);
  }

  private static void share(String layer, double full, double month, StringBuilder text) {
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %.1f | %.1f | %.1f%% |%n",
            layer,
            full,
            month,
            100 * month / full));
  }

  private void line(Stretch s, StringBuilder text) {
    text.append(
        String.format(
            Locale.ROOT,
            "| %s | %d | %,d | %,d | %.1f | %,.0f | %.1f |%n",
            s.layer(),
            s.tables(),
            s.rowsIn(),
            s.rowsOut(),
            s.seconds(),
            s.rowsIn() / s.seconds(),
            s.seconds() / scanSeconds));
  }
}
