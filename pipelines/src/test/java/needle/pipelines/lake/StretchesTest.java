package needle.pipelines.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.quicktheories.QuickTheory.qt;
import static org.quicktheories.generators.SourceDSL.lists;
import static org.quicktheories.generators.SourceDSL.strings;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import needle.pipelines.lake.Stretches.Stretch;
import org.junit.jupiter.api.Test;

class StretchesTest {
  private static Stretches of(List<String> texts) {
    Stretches stretches = new Stretches();
    texts.forEach(stretches::add);
    return stretches;
  }

  private static boolean holds(List<Stretch> stretches, String text) {
    return stretches.stream()
        .anyMatch(s -> s.first().compareTo(text) <= 0 && text.compareTo(s.last()) <= 0);
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> String.format("006%09dAAA", i)).toList();
  }

  @Test
  void noTextLiesOutside() {
    qt().forAll(
            lists().of(strings().basicLatinAlphabet().ofLengthBetween(0, 12)).ofSizeBetween(1, 200))
        .check(
            texts -> {
              List<Stretch> stretches = of(texts).all();
              return texts.stream().allMatch(t -> holds(stretches, t));
            });
  }

  @Test
  void newIdsAndAFewOldOnesLeaveOutWhatLiesBetween() {
    Stretches stretches = of(numbers(900_000, 920_000));
    stretches.addAll(of(List.of("006000000007AAA", "006000300000AAA")));
    assertThat(stretches.all())
        .contains(new Stretch("006000000007AAA", "006000000007AAA"))
        .contains(new Stretch("006000300000AAA", "006000300000AAA"))
        .noneMatch(
            s ->
                s.first().compareTo("006000300000AAA") <= 0
                    && s.last().compareTo("006000899999AAA") >= 0)
        .hasSizeLessThanOrEqualTo(16);
    assertThat(holds(stretches.all(), "006000600000AAA")).isFalse();
    assertThat(holds(stretches.all(), "006000910000AAA")).isTrue();
  }

  @Test
  void hashesLieEverywhere() {
    List<String> hashes =
        IntStream.range(0, 5_000)
            .mapToObj(
                i -> UUID.nameUUIDFromBytes(new byte[] {(byte) i, (byte) (i >> 8)}).toString())
            .toList();
    assertThat(of(hashes).all()).hasSize(1);
  }

  @Test
  void textsBeyondAsciiAreInTheOrderOfTheirBytes() {
    // In UTF-16 the second would come first.
    assertThat(of(List.of("\uff5e", "\ud83d\ude00")).all().get(0).first()).isEqualTo("\uff5e");
  }

  @Test
  void nothingAddedLiesNowhere() {
    assertThat(new Stretches().all()).isEmpty();
  }
}
