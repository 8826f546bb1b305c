package needle.pipelines.assess;

import java.util.List;
import java.util.Locale;

/**
 * What one walk of one company cost, as a section of docs/benchmarks.md.
 *
 * @param inputBytes size of the delivered files
 * @param scanSeconds reading every line of the same files once, and doing nothing with it
 * @param stretches the build of all months but the last
 * @param lastMonth the delivery of the last month on top of it
 * @param peakBytes most memory that the process ever held
 */
public record Benchmark(
    int employees,
    int months,
    long inputBytes,
    long inputRows,
    double simulateSeconds,
    double scanSeconds,
    List<Stretch> stretches,
    Increment lastMonth,
    long peakBytes) {

  /** One layer of the walk. */
  public record Stretch(String layer, long tables, long rowsIn, long rowsOut, double seconds) {}

  /**
   * What one more month cost.
   *
   * @param fullSeconds the full build from start to end, as a clock on the wall has it
   * @param seconds the month's run, by the same clock
   * @param fullCpuSeconds processor time of the full build, which a busy machine does not stretch
   * @param cpuSeconds processor time of the month's run
   */
  public record Increment(
      List<Stretch> stretches,
      double fullSeconds,
      double seconds,
      double fullCpuSeconds,
      double cpuSeconds) {}

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
            inputRows,
            inputBytes / 1e6,
            simulateSeconds,
            scanSeconds,
            peakBytes / 1e6));
    text.append("| layer | tables | rows in | rows out | seconds | rows/s | × plain scan |\n");
    text.append("|---|--:|--:|--:|--:|--:|--:|\n");
    stretches.forEach(s -> line(s, text));
    double total = stretches.stream().mapToDouble(Stretch::seconds).sum();
    long out = stretches.stream().mapToLong(Stretch::rowsOut).sum();
    long tables = stretches.stream().mapToLong(Stretch::tables).sum();
    line(new Stretch("all", tables, inputRows, out, total), text);
    text.append("\nOne more month's delivery, on top of the months before it:\n\n");
    text.append(
        "| layer | full build, seconds | one more month, seconds | share |\n|---|--:|--:|--:|\n");
    for (Stretch full : stretches) {
      share(full.layer(), full.seconds(), monthSeconds(List.of(full.layer())), text);
    }
    share("ingest: bronze, silver, panel", fullSeconds(INGEST), monthSeconds(INGEST), text);
    share("the whole run, by the clock", lastMonth.fullSeconds(), lastMonth.seconds(), text);
    share(
        "the whole run, processor time", lastMonth.fullCpuSeconds(), lastMonth.cpuSeconds(), text);
    return text.toString();
  }

  private static final List<String> INGEST = List.of("bronze", "silver", "panel");

  private double fullSeconds(List<String> layers) {
    return seconds(stretches, layers);
  }

  private double monthSeconds(List<String> layers) {
    return seconds(lastMonth.stretches(), layers);
  }

  private static double seconds(List<Stretch> stretches, List<String> layers) {
    return stretches.stream()
        .filter(s -> layers.contains(s.layer()))
        .mapToDouble(Stretch::seconds)
        .sum();
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
