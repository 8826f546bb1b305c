package needle.pipelines.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.Map;
import java.util.OptionalLong;
import needle.SparkTest;
import needle.kit.InvalidInput;
import needle.kit.Period;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyVersionsTest extends SparkTest {
  private static final Period YEAR =
      new Period(LocalDate.parse("2024-01-01"), LocalDate.parse("2024-12-31"));

  @TempDir Path folder;
  private DeltaTables tables;

  @BeforeEach
  void emptyWarehouse() {
    tables = new DeltaTables(session(), folder.toString());
  }

  private static RunLedger.Stamp run(String id, String keyVersion) {
    return new RunLedger.Stamp(id, "test", "hash", keyVersion, 1);
  }

  @Test
  void anEmptyWarehouseTakesAnyKey() {
    assertThatCode(() -> KeyVersions.requireOne(tables, run("r", "one")))
        .doesNotThrowAnyException();
  }

  @Test
  void theStepsOfARunHaveOneKey() {
    RunLedger ledger = new RunLedger(tables, run("r", "one"), Clock.systemUTC());
    ledger.made(
        "silver.sales",
        new RunLedger.Made(0, 0, 0, OptionalLong.empty(), 0),
        Map.of(),
        new RunLedger.Recipe("recipe", YEAR));
    ledger.flush();
    KeyVersions.requireOne(tables, run("r", "one"));
    KeyVersions.requireOne(tables, run("another", "two"));
    assertThatThrownBy(() -> KeyVersions.requireOne(tables, run("r", "two")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("was begun with another pseudonym key")
        .hasMessageContaining("key version one");
  }

  @Test
  void whatIsPublishedDecidesTheKeyOfTheWarehouse() {
    new Publications(tables).publish(run("r", "one"), YEAR, Map.of(), Clock.systemUTC());
    KeyVersions.requireOne(tables, run("next", "one"));
    assertThatThrownBy(() -> KeyVersions.requireOne(tables, run("next", "two")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("needle rotate-key")
        .hasMessageContaining("key version one");
  }

  @Test
  void theDemosWarehouseIsLeftToTheDemo() {
    String demo = Pseudonyms.forTheDemo().keyVersion();
    new Publications(tables).publish(run("r", demo), YEAR, Map.of(), Clock.systemUTC());
    KeyVersions.requireOne(tables, run("next", demo));
    assertThatThrownBy(() -> KeyVersions.requireOne(tables, run("next", "two")))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e -> assertThat(e.remedy()).contains("another folder").doesNotContain("rotate-key"));
  }
}
