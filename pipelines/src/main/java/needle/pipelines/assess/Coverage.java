package needle.pipelines.assess;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How often the planted effects lie inside their intervals, and which verdicts were reached. */
public final class Coverage {
  /**
   * One question of one simulated company.
   *
   * @param estimate null where Needle gave no number
   */
  public record Trial(
      long seed,
      String programId,
      String kpiId,
      double trueEffect,
      String trueVerdict,
      Double estimate,
      Double ciLow,
      Double ciHigh,
      String verdict,
      String reasons) {

    boolean isEstimated() {
      return estimate != null;
    }

    boolean isCovered() {
      return isEstimated() && ciLow <= trueEffect && trueEffect <= ciHigh;
    }
  }

  private final Map<String, List<Trial>> questions = new LinkedHashMap<>();

  public void add(Trial trial) {
    questions
        .computeIfAbsent(trial.programId() + " / " + trial.kpiId(), q -> new ArrayList<>())
        .add(trial);
  }

  /** Share of all intervals that hold the truth; NaN when nothing was estimated. */
  public double share() {
    return Share.of(all().stream().filter(Trial::isEstimated).toList(), Trial::isCovered).value();
  }

  private List<Trial> all() {
    return questions.values().stream().flatMap(List::stream).toList();
  }

  /** The report as a Markdown table, one line per question. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append(
        "| program / KPI | planted | mean estimate | in the 95% interval | planted verdict |"
            + " verdicts reached | reasons |\n|---|--:|--:|--:|---|---|---|\n");
    questions.forEach((question, trials) -> line(question, trials, text));
    List<Trial> estimated = all().stream().filter(Trial::isEstimated).toList();
    text.append(
        String.format(
            Locale.ROOT,
            "%nOver all %d intervals: %d hold the planted effect (%.1f%%).%n",
            estimated.size(),
            estimated.stream().filter(Trial::isCovered).count(),
            100 * share()));
    long wrong = all().stream().filter(Coverage::contradictsTheTruth).count();
    text.append(
        String.format(
            Locale.ROOT,
            "Verdicts that contradict the truth (a success, a harm or a null that is not one): %d of"
                + " %d.%n",
            wrong,
            all().size()));
    return text.toString();
  }

  private static boolean contradictsTheTruth(Trial t) {
    return !t.verdict().equals("cant_tell")
        && !t.trueVerdict().equals("cant_tell")
        && !t.verdict().equals(t.trueVerdict());
  }

  private static void line(String question, List<Trial> trials, StringBuilder text) {
    List<Trial> estimated = trials.stream().filter(Trial::isEstimated).toList();
    String mean =
        estimated.isEmpty()
            ? "none"
            : number(estimated.stream().mapToDouble(Trial::estimate).average().orElseThrow());
    String inside =
        estimated.isEmpty()
            ? "not estimated"
            : estimated.stream().filter(Trial::isCovered).count() + " of " + estimated.size();
    text.append("| ").append(question).append(" | ").append(number(trials.get(0).trueEffect()));
    text.append(" | ").append(mean).append(" | ").append(inside);
    text.append(" | ").append(trials.get(0).trueVerdict()).append(" | ");
    text.append(counted(trials.stream().map(Trial::verdict).toList())).append(" | ");
    text.append(counted(trials.stream().map(Trial::reasons).filter(r -> r != null).toList()))
        .append(" |\n");
  }

  private static String counted(List<String> words) {
    Map<String, Long> counts =
        words.stream().collect(Collectors.groupingBy(w -> w, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(e -> e.getKey() + " × " + e.getValue())
        .collect(Collectors.joining("; "));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.0f" : "%.3f", value);
  }
}
