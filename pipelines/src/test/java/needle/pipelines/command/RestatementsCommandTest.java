package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import needle.TextTable;
import needle.gold.KpiTrends;
import needle.gold.TrainingEffects;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Restatements;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RestatementsCommandTest extends CommandTest {
  private static final Period UNTIL_MAY =
      new Period(LocalDate.parse("2024-01-01"), LocalDate.parse("2024-05-31"));
  private static final String AS_PUBLISHED =
      """
      program_id | kpi_id  | estimate | verdict
      safety     | injured | -0.5     | works
      speed      | csat    | 0.1      | no_effect
      """;

  private static final String MOVED =
      """
      program_id | kpi_id  | estimate | verdict
      safety     | injured | -0.4     | works
      speed      | csat    | 0.1      | cant_tell
      """;

  private Clock clock = Clock.fixed(Instant.parse("2024-06-04T06:00:00Z"), ZoneOffset.UTC);

  @BeforeEach
  void aPublication() {
    publish(stage("may", AS_PUBLISHED, "0.7"));
  }

  /** What a run stages, an hour after the one before. */
  private RunLedger stage(String run, String effects, String csat) {
    clock = Clock.offset(clock, Duration.ofHours(1));
    RunLedger ledger =
        new RunLedger(tables(), new RunLedger.Stamp(run, "test", "hash", "key", 1), clock);
    make(ledger, TrainingEffects.TABLE, effects);
    make(
        ledger,
        KpiTrends.TABLE,
        "kpi_id | segment | period_start | value\ncsat | Service | 2024-04-01 | " + csat);
    ledger.flush();
    return ledger;
  }

  private void make(RunLedger ledger, TableContract table, String text) {
    String name = table.qualifiedName();
    long version = tables().replace(name, TextTable.rows(session(), table, text));
    ledger.made(
        name,
        new RunLedger.Made(version, 1, 1, OptionalLong.empty(), 0.1),
        Map.of(),
        new RunLedger.Recipe("recipe", UNTIL_MAY));
  }

  private void publish(RunLedger ledger) {
    Publications publications = new Publications(tables());
    publications
        .current()
        .ifPresent(
            before ->
                new Restatements(tables(), ledger.stamp().runId(), before, ledger.staged())
                    .report());
    publications.publish(ledger.stamp(), UNTIL_MAY, ledger.staged(), clock);
  }

  private int restatements(String... more) {
    String[] given = {"restatements", "--warehouse", folder.resolve("warehouse").toString()};
    return needle(Stream.of(given, more).flatMap(Arrays::stream).toArray(String[]::new));
  }

  private List<String> lines() {
    return out().lines().map(l -> l.strip().replaceAll(" +", " ")).toList();
  }

  @Test
  void thatNothingWasEverRestatedIsSaid() {
    assertThat(restatements()).as(err()).isZero();
    assertThat(err()).startsWith("no run has restated a published figure in ");
  }

  @Test
  void theNewestRunThatRestatedAnythingTellsWhatMovedAndByHowMuch() throws IOException {
    publish(stage("june", MOVED, "0.7"));
    publish(stage("july", MOVED, "0.7"));
    assertThat(restatements()).as(err()).isZero();
    assertThat(lines())
        .startsWith(
            "run june, published as number 2",
            "restated: 2 published figures moved, of them 2 effects and 1 verdicts; behind them 0"
                + " late, 0 restated and 0 withdrawn records")
        .contains(
            "safety injured -0.500000 -0.400000 0.100000 0.200000 works works",
            "speed csat 0.100000 0.100000 0.00000 0.00000 no_effect cant_tell");
    assertThat(restatements("--run-id", "july")).isZero();
    assertThat(lines())
        .containsExactly(
            "run july, published as number 3", "restated: none of the published figures moved");
    assertThat(restatements("--format", "json")).as(err()).isZero();
    JsonNode told = new ObjectMapper().readTree(out());
    assertThat(told).hasSize(2);
    assertThat(told.get(0).get("run_id").asText()).isEqualTo("june");
    assertThat(told.get(0).get("published_run_id").asText()).isEqualTo("may");
    assertThat(told.get(0).get("is_published").asBoolean()).isTrue();
    assertThat(restatements("--format", "json", "--causes")).isZero();
    assertThat(out().strip()).isEqualTo("[]");
  }

  @Test
  void aStagedRunTellsWhatItWouldMove() {
    stage("june", AS_PUBLISHED, "0.6");
    assertThat(restatements("--run-id", "june")).as(err()).isZero();
    assertThat(lines())
        .startsWith("run june, staged and not published: if it were published now")
        .contains("csat Service 2024-04-01 0.700000 0.600000 -0.100000 -0.142857");
    assertThat(tables().exists("ops.restatements")).as("asking writes nothing").isFalse();
  }

  @Test
  void whatCannotBeToldIsRefused() {
    assertThat(restatements("--run-id", "august")).isEqualTo(2);
    assertThat(err()).contains("There is no run august", "remedy:");
    RunLedger half =
        new RunLedger(tables(), new RunLedger.Stamp("half", "test", "hash", "key", 1), clock);
    make(half, TrainingEffects.TABLE, AS_PUBLISHED);
    half.flush();
    assertThat(restatements("--run-id", "half")).isEqualTo(2);
    assertThat(err()).contains("has not staged gold.kpi_trends", "remedy:");
    assertThat(
            needle(
                "restatements", "--warehouse", folder.resolve("empty").toString(), "--run-id", "x"))
        .isEqualTo(2);
    assertThat(err()).contains("no run has been published there yet");
  }
}
