package needle.pipelines.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import needle.SparkTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was known on a day is, to the row, what a run over the deliveries up to that day makes. */
class AsKnownAtTest extends SparkTest {
  private static final String DAY = "2025-10-03";

  @TempDir Path folder;

  @Test
  void laterDeliveriesAreNotKnownAndStayWhereTheyWere() throws IOException {
    Deliveries deliveries = new Deliveries(session(), folder);
    deliveries.make();
    leaveInTheFirst(DAY);
    runsWell(deliveries.run("then", false));
    runsWell(deliveries.run("now", true));
    Map<String, List<String>> now = deliveries.published("now");
    runsWell(deliveries.run("now", true, "--as-known-at", DAY));

    Map<String, List<String>> then = computed(deliveries.published("then"));
    Map<String, List<String>> known = computed(deliveries.published("now/as_known_at/" + DAY));
    assertThat(known.keySet()).isEqualTo(then.keySet());
    then.forEach((table, rows) -> assertThat(known.get(table)).as(table).isEqualTo(rows));
    assertThat(then.get("silver.sales")).isNotEmpty().isNotEqualTo(now.get("silver.sales"));
    assertThat(deliveries.published("now")).isEqualTo(now);
  }

  // Both lie in folders by the day of delivery.
  private void leaveInTheFirst(String day) throws IOException {
    Path landing = folder.resolve("first/landing");
    try (Stream<Path> all = Files.walk(landing)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path place = landing.relativize(file);
        if (place.getNameCount() > 3 && place.getName(2).toString().compareTo(day) > 0) {
          Files.delete(file);
        }
      }
    }
  }

  private static void runsWell(List<String> line) {
    assertThat(Deliveries.needle(line.toArray(String[]::new))).isEmpty();
  }

  // What was delivered is not computed for a day: it is read from what is there.
  private static Map<String, List<String>> computed(Map<String, List<String>> tables) {
    tables.keySet().removeIf(t -> t.startsWith("bronze.") || t.equals("files"));
    return tables;
  }
}
