package needle.pipelines.assess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import needle.pipelines.assess.design.Question;
import needle.pipelines.assess.design.Question.Truthfulness;
import needle.pipelines.assess.design.Questions;

/**
 * The report, in which a run replaces what it has found anew: an hour's work is not lost with its
 * last question, and estimators can be judged one by one.
 */
public final class CoverageReport {
  private static final String TITLE = "# Coverage\n\nMade by `make coverage`.\n";
  private static final String COMPANIES = "## Simulated companies";
  private static final String INTERVALS = "## Estimators whose assumptions hold";
  private static final String VERDICTS = "## Questions without an effect, or without an answer";
  private static final String OF_INTERVALS =
      """
      Every estimator of a study file, on panels drawn from processes in which its assumptions hold and the truth is known in closed
      form: teams with shared noise, staggered adoption, effects that differ between people, where the estimator allows for that
      (`pipelines/src/main/java/needle/pipelines/assess/design`). Seeds from 1 to the repetitions. In brackets the 95% interval of a
      share with so many repetitions (Clopper & Pearson 1934). `held`: the share may lie within 93 to 97%, which few repetitions
      seldom rule out; lines of one design and estimators of one kind share their panels, and do not confirm each other.
      """;
  private static final String OF_VERDICTS =
      """
      The smallest effect of interest is a fifth of the planted effect, or less. `held`: the share asked for may have been reached, as far as so
      many repetitions tell.
      """;

  private final Path file;
  private final Map<String, String> sections = new LinkedHashMap<>();

  /** What stands in the file, if it is there. */
  public static CoverageReport of(Path file) throws IOException {
    CoverageReport report = new CoverageReport(file);
    if (Files.exists(file)) {
      for (String section : Files.readString(file).split("(?m)^(?=## )")) {
        if (section.startsWith("## ")) {
          report.sections.put(section.lines().findFirst().orElseThrow(), section);
        }
      }
    }
    return report;
  }

  private CoverageReport(Path file) {
    this.file = file;
  }

  /** Replaces what is said of simulated companies. */
  public void companies(String text) throws IOException {
    sections.put(COMPANIES, COMPANIES + "\n\n" + text);
    write();
  }

  /** Replaces the lines on one question. */
  void question(Question question, List<Trial> trials) throws IOException {
    boolean isHonest = question.truthfulness() == Truthfulness.ASSUMPTIONS_HOLD;
    String heading = isHonest ? INTERVALS : VERDICTS;
    Map<String, String> lines = lines(heading);
    String key = key(question);
    lines.keySet().removeIf(k -> k.equals(key));
    lines.put(
        key,
        isHonest
            ? String.join("\n", EstimatorCoverage.intervals(question, trials).values())
            : EstimatorCoverage.verdicts(question, trials));
    List<String> order = Questions.all().stream().map(CoverageReport::key).toList();
    String table =
        lines.entrySet().stream()
            .filter(e -> order.contains(e.getKey()))
            .sorted(Comparator.comparingInt(e -> order.indexOf(e.getKey())))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining("\n"));
    sections.put(
        heading,
        heading
            + "\n\n"
            + (isHonest ? OF_INTERVALS : OF_VERDICTS)
            + "\n"
            + (isHonest ? EstimatorCoverage.INTERVALS : EstimatorCoverage.VERDICTS)
            + "\n"
            + table
            + "\n");
    write();
  }

  // What sets a question's lines apart from others: the cells that name it.
  private static String key(Question question) {
    return question.truthfulness() == Truthfulness.ASSUMPTIONS_HOLD
        ? question.name()
        : question.truthfulness().words() + " | " + question.name();
  }

  private Map<String, String> lines(String heading) {
    Map<String, String> lines = new LinkedHashMap<>();
    int cells = heading.equals(INTERVALS) ? 1 : 2;
    sections
        .getOrDefault(heading, "")
        .lines()
        .filter(l -> l.startsWith("| "))
        .skip(1)
        .forEach(l -> lines.merge(firstCells(l, cells), l, (a, b) -> a + "\n" + b));
    return lines;
  }

  private static String firstCells(String line, int cells) {
    String[] parts = line.substring(2).split(" \\| ", -1);
    return IntStream.range(0, cells).mapToObj(i -> parts[i]).collect(Collectors.joining(" | "));
  }

  private void write() throws IOException {
    Files.writeString(file, text());
  }

  /** The whole report, in its order. */
  public String text() {
    StringBuilder text = new StringBuilder(TITLE);
    for (String heading : List.of(COMPANIES, INTERVALS, VERDICTS)) {
      if (sections.containsKey(heading)) {
        text.append("\n").append(sections.get(heading).strip()).append("\n");
      }
    }
    return text.toString();
  }
}
