package needle.pipelines.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.stream.LongStream;
import needle.pipelines.ingest.ExtractRows.Slice;
import needle.pipelines.ingest.LandedFile.Part;
import org.junit.jupiter.api.Test;

class ExtractRowsTest {
  private static LandedFile file(long bytes, Part... parts) {
    LocalDate day = LocalDate.of(2024, 1, 31);
    String name = "extract/" + bytes + ".csv";
    return new LandedFile(
        "extract", "file:/" + name, name, day, "", bytes, 0, List.of(), 1, List.of(parts), null);
  }

  private static List<Slice> wholeFiles(long... bytes) {
    Part whole = new Part(0, Long.MAX_VALUE, 0);
    return LongStream.of(bytes).mapToObj(b -> new Slice(file(b), whole)).toList();
  }

  private static List<Long> bytesPerTask(List<Slice> slices, int tasks) {
    List<List<Slice>> spread = ExtractRows.spread(slices, tasks);
    assertThat(spread.stream().flatMap(List::stream)).containsExactlyInAnyOrderElementsOf(slices);
    return spread.stream().map(t -> t.stream().mapToLong(Slice::bytes).sum()).toList();
  }

  @Test
  void tasksReadAboutEquallyManyBytes() {
    assertThat(bytesPerTask(wholeFiles(3, 50, 3, 40, 4), 2)).containsExactlyInAnyOrder(50L, 50L);
    assertThat(bytesPerTask(wholeFiles(9, 9), 2)).containsExactly(9L, 9L);
    assertThat(bytesPerTask(wholeFiles(1, 1, 1, 1, 1, 1, 6), 3)).containsOnly(6L, 3L);
  }

  @Test
  void noTaskIsWithoutAFile() {
    assertThat(bytesPerTask(wholeFiles(7), 8)).containsExactly(7L);
    assertThat(bytesPerTask(wholeFiles(1, 2, 1_000), 3)).containsExactlyInAnyOrder(1L, 2L, 1_000L);
  }

  @Test
  void aPartCountsForTheBytesBetweenItsEnds() {
    Part first = new Part(0, 60, 0);
    Part last = new Part(60, Long.MAX_VALUE, 5);
    LandedFile cut = file(100, first, last);
    List<Slice> slices = List.of(new Slice(cut, first), new Slice(cut, last));
    assertThat(bytesPerTask(slices, 2)).containsExactlyInAnyOrder(60L, 40L);
  }
}
