package needle.pipelines.assess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.pipelines.assess.Trial.Interval;
import needle.pipelines.assess.design.Question;
import needle.pipelines.assess.design.Question.Truthfulness;
import needle.pipelines.assess.design.Questions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report's figures, from trials made by hand. */
class EstimatorCoverageTest {
  @TempDir Path folder;

  private static Question question(String name, Truthfulness truthfulness) {
    return Questions.all().stream()
        .filter(q -> q.name().equals(name) && q.truthfulness() == truthfulness)
        .findFirst()
        .orElseThrow();
  }

  private static Question honest() {
    return question("cox", Truthfulness.ASSUMPTIONS_HOLD);
  }

  private static Trial trial(double estimate, double reach, String verdict, String reasons) {
    Interval interval =
        new Interval("simple", 1, estimate, 0.5, estimate - reach, estimate + reach);
    return new Trial(List.of(interval), Optional.of(reach > 1), verdict, reasons);
  }

  private static List<Trial> holding(int hits, int misses) {
    List<Trial> trials = new ArrayList<>();
    for (int i = 0; i < hits; i++) {
      trials.add(trial(1, 2, "works", null));
    }
    for (int i = 0; i < misses; i++) {
      trials.add(trial(3, 0.1, "works", null));
    }
    return trials;
  }

  /** Clopper & Pearson's interval of 19 of 20, by scipy 1.17.1: binomtest(19, 20).proportion_ci. */
  @Test
  void aShareHasItsInterval() {
    Share share = new Share(19, 20);
    assertThat(share.low()).isCloseTo(0.7512672, within(1e-6));
    assertThat(share.high()).isCloseTo(0.9987349, within(1e-6));
    assertThat(new Share(20, 20).high()).isEqualTo(1);
    assertThat(new Share(0, 20).low()).isEqualTo(0);
    assertThat(new Share(0, 0).mayLieWithin(0, 1)).isFalse();
  }

  @Test
  void whatHoldsTooSeldomOrTooOftenIsSeen() {
    assertThat(line(holding(190, 10))).endsWith("| yes |");
    assertThat(line(holding(160, 40))).contains("80.0%").endsWith("| **no** |");
    assertThat(line(holding(400, 0))).contains("100.0%").endsWith("| **no** |");
    assertThat(EstimatorCoverage.intervals(honest(), holding(160, 40)).get("band"))
        .contains("whole band")
        .endsWith("| **no** |");
  }

  @Test
  void estimatesErrorsAndRefusalsAreTold() {
    List<Trial> trials =
        List.of(
            trial(0, 2, "works", null),
            trial(2, 2, "works", null),
            Trial.refused("nobody is comparable"),
            trial(1, Double.NaN, "cant_tell", "underpowered"));
    // The mean error is 0.5, and 0 and 2 have the standard deviation of the root of two.
    assertThat(line(trials))
        .startsWith("| cox | simple | 4 | 1.000 | 1.000 | 100.0% (15.8 to 100.0) | 0.35 | 50.0%");
    assertThat(EstimatorCoverage.intervals(honest(), List.of(Trial.refused("why"))).get("-"))
        .contains("100.0%")
        .endsWith("| **no** |");
  }

  @Test
  void falseFindingsAndFalseCertaintyAreSeen() {
    Question none = question("ols", Truthfulness.NULL_EFFECT);
    List<Trial> found = new ArrayList<>(holding(3, 0));
    found.addAll(List.of(trial(1, 2, "harms", null), trial(1, 2, "no_effect", null)));
    assertThat(EstimatorCoverage.verdicts(none, found))
        .startsWith("| null effect | ols | 5 | 80.0%")
        .contains("| **no** |");
    Question three = question("ols", Truthfulness.THREE_SITES);
    List<Trial> admitted =
        List.of(
            trial(1, 2, "cant_tell", "too_few_clusters, unconfoundedness"),
            trial(1, 2, "cant_tell", "too_few_clusters"),
            Trial.refused("one side is missing"));
    assertThat(EstimatorCoverage.verdicts(three, admitted))
        .startsWith("| 3 sites | ols | 3 | 0.0%")
        .endsWith("| yes | too_few_clusters × 2; unconfoundedness × 1 |");
    assertThat(EstimatorCoverage.verdicts(three, holding(20, 0))).contains("| **no** |");
  }

  @Test
  void aRunReplacesItsOwnLinesOnly() throws IOException {
    Path file = folder.resolve("coverage.md");
    CoverageReport first = CoverageReport.of(file);
    first.companies("20 companies.");
    first.question(honest(), holding(20, 0));
    Question other = question("mediation", Truthfulness.ASSUMPTIONS_HOLD);
    first.question(other, holding(30, 0));
    CoverageReport second = CoverageReport.of(file);
    second.question(honest(), holding(40, 0));
    second.question(question("ols", Truthfulness.THREE_SITES), holding(1, 0));
    String text = Files.readString(file);
    assertThat(text)
        .contains("20 companies.")
        .contains("| cox | simple | 40 |")
        .contains("| cox | whole band | 40 |")
        .contains("| mediation | simple | 30 |")
        .contains("| 3 sites | ols | 1 |")
        .doesNotContain("| cox | simple | 20 |");
    assertThat(text.indexOf("| cox")).isLessThan(text.indexOf("| mediation"));
    assertThat(CoverageReport.of(file).text()).isEqualTo(text);
  }

  private static String line(List<Trial> trials) {
    return EstimatorCoverage.intervals(honest(), trials).get("simple");
  }
}
