package needle.pipelines.ingest;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import needle.GivenInputs;
import needle.SparkTest;
import needle.bronze.Lms;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.silver.LearningRecords;
import org.junit.jupiter.api.Test;

/** What silver knows no kind of, the contract warns of: no record is lost without a word. */
class StatusWordsTest extends SparkTest {
  private static final List<String> STATUSES =
      List.of(
          "COURSE-COMPL",
          "course completed",
          "EXAM-PASS",
          "NOT_COMPL",
          "NONCOMPLETE",
          "INCOMPLETE",
          "COMPLIANCE_FAIL",
          "EXEMPTED",
          "TESTOUT",
          "EQUIVALENCY",
          "ADMIN-1",
          "NO-SHOW",
          "NON-COMPLIANCE",
          "ADMINISTRATION",
          "ATTESTED",
          "PENDING");

  @Test
  void theWordsOfTheContractAreThoseOfSilver() {
    String rows =
        IntStream.range(0, STATUSES.size())
            .mapToObj(
                i -> "u%1$d | C%1$d | %1$d | %2$s | 2024-02-01T00:00:00Z".formatted(i, status(i)))
            .collect(Collectors.joining("\n"));
    GivenInputs given =
        new GivenInputs(session())
            .table(
                Lms.LEARNING_HISTORY,
                "student_id | component_id | student_component_id | completion_status_id"
                    + " | completion_date\n"
                    + rows);
    ExtractContract contract =
        Declarations.read(Path.of(".")).contracts().stream()
            .filter(c -> c.id().equals(Lms.LEARNING_HISTORY.name()))
            .findFirst()
            .orElseThrow();
    String rule =
        contract.rules().stream().filter(r -> r.warns()).findFirst().orElseThrow().predicate();
    List<String> read =
        text(new LearningRecords().transform(given), "record_id")
            .lines()
            .map(id -> status(Integer.parseInt(id.substring("sf:".length()))))
            .toList();
    List<String> withoutWarning =
        text(given.rows(Lms.LEARNING_HISTORY).where(rule), "completion_status_id").lines().toList();
    assertThat(read).hasSize(STATUSES.size() - 5);
    assertThat(withoutWarning).containsExactlyInAnyOrderElementsOf(read);
  }

  private static String status(int i) {
    return STATUSES.get(i);
  }
}
