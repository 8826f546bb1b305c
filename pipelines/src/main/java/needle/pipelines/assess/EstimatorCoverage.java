package needle.pipelines.assess;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import needle.pipelines.assess.Trial.Interval;
import needle.pipelines.assess.design.Question;
import needle.pipelines.assess.design.Question.Truthfulness;

/** The lines of the report on estimators: what their trials came to, and whether that is enough. */
final class EstimatorCoverage {
  static final String INTERVALS =
      "| estimator | effect | repetitions | truth | mean estimate | in the 95% interval | mean error / spread"
          + " | refused | held |\n|---|---|--:|--:|--:|--:|--:|--:|---|";
  static final String VERDICTS =
      "| question | estimator | repetitions | `works` or `harms` | `cant_tell` | refused | asked for |"
          + " held | reasons |\n|---|---|--:|--:|--:|--:|---|---|---|";

  private static final double LEAST = 0.93;
  private static final double MOST = 0.97;
  private static final double FALSE_FINDINGS = 0.05;
  private static final double ADMITTED = 0.90;

  private EstimatorCoverage() {}

  /** One line per truth, and one for the band, by what they are about. */
  static Map<String, String> intervals(Question question, List<Trial> trials) {
    Map<String, String> lines = new LinkedHashMap<>();
    List<Trial> answered = trials.stream().filter(t -> !t.isRefused()).toList();
    String refused = Share.of(trials, Trial::isRefused).text();
    if (answered.isEmpty()) {
      lines.put("-", line(question, "-", trials.size(), "", "", "none", "", refused, false));
      return lines;
    }
    for (int i = 0; i < answered.get(0).intervals().size(); i++) {
      int place = i;
      List<Interval> all = answered.stream().map(t -> t.intervals().get(place)).toList();
      List<Interval> told = all.stream().filter(Interval::isTold).toList();
      Share share = Share.of(told, Interval::holds);
      lines.put(
          all.get(0).row(),
          line(
              question,
              all.get(0).row(),
              trials.size(),
              number(mean(all.stream().map(Interval::truth).toList())),
              number(mean(told.stream().map(Interval::estimate).toList())),
              share.text(),
              errorBySpread(told),
              new Share(trials.size() - told.size(), trials.size()).text(),
              share.mayLieWithin(LEAST, MOST)));
    }
    List<Boolean> bands =
        answered.stream().map(Trial::isBandHeld).flatMap(Optional::stream).toList();
    if (!bands.isEmpty()) {
      Share share = Share.of(bands, b -> b);
      lines.put(
          "band",
          line(
              question,
              "whole band",
              trials.size(),
              "",
              "",
              share.text(),
              "",
              refused,
              share.mayLieWithin(LEAST, MOST)));
    }
    return lines;
  }

  private static String line(
      Question question,
      String effect,
      int repetitions,
      String truth,
      String estimate,
      String share,
      String error,
      String refused,
      boolean isHeld) {
    return String.join(
        " | ",
        "| " + question.name(),
        effect,
        Integer.toString(repetitions),
        truth,
        estimate,
        share,
        error,
        refused,
        (isHeld ? "yes" : "**no**") + " |");
  }

  // Spread of what is estimated less what is true, which differs between panels for predictions.
  // These, and intervals from tests, have no error.
  private static String errorBySpread(List<Interval> told) {
    double[] misses = told.stream().mapToDouble(t -> t.estimate() - t.truth()).toArray();
    double centre = Arrays.stream(misses).average().orElse(Double.NaN);
    double squares = Arrays.stream(misses).map(m -> (m - centre) * (m - centre)).sum();
    double error = mean(told.stream().map(Interval::error).toList());
    double ratio = error / Math.sqrt(squares / (misses.length - 1));
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : "";
  }

  /** The line on the verdicts where there is no effect, or no honest answer. */
  static String verdicts(Question question, List<Trial> trials) {
    Share found = Share.of(trials, t -> t.verdict().equals("works") || t.verdict().equals("harms"));
    Share admitted = Share.of(trials, t -> t.verdict().equals("cant_tell") || t.isRefused());
    boolean isNull = question.truthfulness() == Truthfulness.NULL_EFFECT;
    return String.join(
        " | ",
        "| " + question.truthfulness().words(),
        question.name(),
        Integer.toString(trials.size()),
        found.text(),
        Share.of(trials, t -> t.verdict().equals("cant_tell")).text(),
        Share.of(trials, Trial::isRefused).text(),
        isNull ? "`works` or `harms` in at most 5%" : "`cant_tell` or refused in at least 90%",
        (isNull ? found.mayLieWithin(0, FALSE_FINDINGS) : admitted.mayLieWithin(ADMITTED, 1))
            ? "yes"
            : "**no**",
        reasons(trials) + " |");
  }

  // What is said most often first.
  private static String reasons(List<Trial> trials) {
    Map<String, Long> counts =
        trials.stream()
            .filter(t -> t.verdict().equals("cant_tell"))
            .flatMap(t -> Arrays.stream(t.reasons().split(", ")))
            .collect(Collectors.groupingBy(r -> r, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .map(e -> e.getKey() + " × " + e.getValue())
        .collect(Collectors.joining("; "));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.3f", value);
  }
}
