package needle.pipelines.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import needle.pipelines.config.ContractExpressions;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import org.junit.jupiter.api.Test;

/** A contract's SQL is resolved before anything is read, without a Spark session. */
class ContractExpressionsTest extends CommandTest {
  private static String derived(String name, String type, String sql) {
    return "      - {name: %s, logicalType: %s, transformLogic: \"%s\"}\n"
        .formatted(name, type, sql);
  }

  private static String rule(String description, String sql) {
    return "      - {type: custom, description: %s, engine: needle, implementation: \"%s\"}\n"
        .formatted(description, sql);
  }

  private void declareWith(String columns, String rules) throws IOException {
    declare(
        "completions",
        completions("1.0.0")
            .replace(
                "customProperties:", columns + "    quality:\n" + rules + "customProperties:"));
  }

  private void declareFaulty() throws IOException {
    declareWith(
        derived("days", "number", "hourss / 24")
            + derived("most", "number", "max(hours)")
            + derived("twice", "number", "days * 2")
            + derived("flagged", "date", "hours > 2"),
        rule("share", "hours > sum(hours) over ()")
            + rule("missing", "lerner is not null")
            + rule("number", "hours + 1"));
  }

  private void requireFaults() {
    assertThat(err())
        .contains(
            "7 fault(s) in the SQL of contracts",
            "lms_completions: the transformLogic of days, `hourss / 24`, reads `hourss`, which is"
                + " none of its columns [learner, course, hours]",
            "the transformLogic of most, `max(hours)`, needs more than one row: max()",
            "the transformLogic of twice, `days * 2`, reads `days`",
            "the transformLogic of flagged, `hours > 2`, cannot be computed:",
            "the rule 'share', `hours > sum(hours) over ()`, needs more than one row: sum()",
            "the rule 'missing', `lerner is not null`, reads `lerner`",
            "the rule 'number', `hours + 1`, cannot be computed:",
            "remedy:");
  }

  @Test
  void aCheckTellsAllThatCannotBeComputed() throws IOException {
    declareFaulty();
    assertThat(needle("contract", "check", folder.resolve("config/contracts").toString()))
        .isEqualTo(2);
    requireFaults();
  }

  @Test
  void anIngestTellsItBeforeItReads() throws IOException {
    declareFaulty();
    deliver("lms/completions/2025-01-03/a.csv", "learner,course,hours\nu1,SAL-1,2\n");
    assertThat(here("ingest")).isEqualTo(2);
    requireFaults();
  }

  @Test
  void noShippedContractHasAFault() {
    List<ExtractContract> shipped = Declarations.contracts(Path.of("contracts"));
    assertThat(shipped).isNotEmpty();
    ContractExpressions.require(shipped);
  }

  @Test
  void whatCanBeComputedIsRead() throws IOException {
    declareWith(
        derived("days", "number", "HOURS / 24 -- of a day")
            + derived("brought_on", "date", "_delivered_on")
            + derived("nothing", "timestamp", "null"),
        rule("some", "hours > 0 and brought_on >= date'2025-01-01'"));
    deliver("lms/completions/2025-01-03/a.csv", "learner,course,hours\nu1,SAL-1,12\n");
    assertThat(here("ingest")).as(err()).isZero();
    assertThat(tables().latest("bronze.lms_completions").selectExpr("days").first().getDouble(0))
        .isEqualTo(0.5);
  }
}
