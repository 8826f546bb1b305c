package needle.gold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tables and the page tell figures and reasons alike. */
class WordsTest {
  private static final Path REPOSITORY = Path.of("..");

  @Test
  void aFigureIsRoundedAsThePageRoundsIt() throws IOException {
    List<String> cases = Files.readAllLines(REPOSITORY.resolve("dashboards/tests/figures.csv"));
    assertThat(cases).hasSizeGreaterThan(10);
    for (String line : cases.subList(1, cases.size())) {
      String[] cells = line.split(";");
      assertThat(Rounded.effect(Double.parseDouble(cells[0]), cells[1]))
          .as(line)
          .isEqualTo(cells[2]);
    }
  }

  @Test
  void everyReasonHasTheSameWordsOnThePageAndAMeaningInTheMethod() throws IOException {
    String page = Files.readString(REPOSITORY.resolve("dashboards/words.js"));
    String method = Files.readString(REPOSITORY.resolve("docs/method.md"));
    assertThat(Reasons.WORDS).containsKeys("not_after_correction", "may_be_small");
    Reasons.WORDS.forEach(
        (code, words) -> {
          assertThat(page).contains(code + ": \"" + words + "\"");
          assertThat(method).contains("`" + code + "`");
        });
  }
}
