package needle.pipelines.command;

import static needle.TextTable.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import needle.pipelines.ingest.Landing;
import needle.pipelines.lake.DeltaTables;
import org.junit.jupiter.api.Test;

/** What changes of records that were taken reaches silver as if it had been so from the start. */
class ReplayedRunTest extends CommandTest {
  private static final String HEADER =
      "employee_number,work_date,establishment_code,hours_worked,pay_code\n";
  private static final String BRONZE = "bronze.safety_hours_worked";
  private static final String SILVER = "silver.hours_worked";

  // With the contracts of all that jobs read; nobody delivers the others.
  private void declareHours(String version, int most) throws IOException {
    Path shipped = Path.of("contracts");
    try (Stream<Path> contracts = Files.walk(shipped)) {
      for (Path contract : contracts.filter(c -> c.toString().endsWith(".yaml")).toList()) {
        String yaml = Files.readString(contract);
        boolean isHours = contract.endsWith("hours_worked.yaml");
        declare(
            contract.getParent().getFileName()
                + "_"
                + contract.getFileName().toString().replace(".yaml", ""),
            isHours
                ? yaml.replace("version: 1.0.0", "version: " + version)
                    .replace("between 0 and 400", "between 0 and " + most)
                : yaml);
      }
    }
  }

  private void run(String name, String warehouse) {
    int code =
        needle(
            "run",
            "--demo-key",
            "--run-id=" + name,
            "--period=2024-01:2024-03",
            "--landing=" + folder.resolve("landing"),
            "--config=" + folder.resolve("config"),
            "--warehouse=" + folder.resolve(warehouse),
            "--tables=" + String.join(",", BRONZE, "silver.identities", SILVER));
    assertThat(code).as(err()).isZero();
  }

  private static String outcomes(DeltaTables tables) {
    return text(
        tables.latest(BRONZE),
        "_file",
        "_line",
        "_outcome",
        "employee_number",
        "hours_worked",
        "_row_hash",
        "_month");
  }

  private static String hours(DeltaTables tables) {
    return text(tables.latest(SILVER), "employee_number_key", "work_date", "pay_code", "hours");
  }

  @Test
  void onlyTheReplayedRecordsAreComputed() throws IOException {
    deliver(Landing.SIMULATED, "");
    declareHours("1.0.0", 100);
    String fit =
        IntStream.range(0, 12)
            .mapToObj(i -> (100200 + i) + ",2024-01-15,S0001,80,REG\n")
            .collect(Collectors.joining());
    String sentTwice = "100300,2024-01-15,S0001,120,REG\n";
    deliver(
        "safety/hours_worked/2024-02-01/a.csv",
        HEADER + fit + sentTwice + "100301,2024-01-15,S0001,130,REG\n");
    assertThat(here("ingest")).isZero();
    declareHours("1.1.0", 400);
    deliver("safety/hours_worked/2024-03-01/b.csv", HEADER + sentTwice);
    run("fixed", "warehouse");
    assertThat(hours(tables()).lines()).hasSize(13);

    assertThat(here("replay")).isZero();
    run("replayed", "warehouse");

    run("clean", "clean");
    DeltaTables clean = new DeltaTables(session(), folder.resolve("clean").toString());
    assertThat(outcomes(tables())).isEqualTo(outcomes(clean));
    assertThat(hours(tables())).isEqualTo(hours(clean));
    assertThat(hours(clean).lines()).hasSize(14);
    assertThat(
            text(
                tables()
                    .latest("ops.run_ledger")
                    .where("run_id = 'replayed' and table_name = '" + SILVER + "'"),
                "rows_changed"))
        .isEqualTo("1");
  }

  @Test
  void onlyWhatComesBackOrIsDeliveredAnewIsComputed() throws IOException {
    deliver(Landing.SIMULATED, "");
    declareHours("1.0.0", 400);
    String fit =
        IntStream.range(0, 12)
            .mapToObj(i -> (100200 + i) + ",2024-01-15,S0001,80,REG\n")
            .collect(Collectors.joining());
    String first = "safety/hours_worked/2024-02-01/a.csv";
    deliver(first, HEADER + fit);
    deliver("safety/hours_worked/2024-03-01/b.csv", HEADER + "100200,2024-01-15,S0001,60,REG\n");
    run("first", "warehouse");

    deliver("safety/hours_worked/2024-04-01/c.csv", HEADER + "100200,2024-01-15,S0001,80,REG\n");
    deliver(
        first,
        HEADER
            + fit.replace("100211,2024-01-15,S0001,80,REG\n", "")
                .replace("100210,2024-01-15,S0001,80", "100210,2024-01-15,S0001,8"));
    run("second", "warehouse");

    run("clean", "clean");
    DeltaTables clean = new DeltaTables(session(), folder.resolve("clean").toString());
    assertThat(hours(tables())).isEqualTo(hours(clean));
    assertThat(text(clean.latest(SILVER), "count(*)", "sum(hours)")).isEqualTo("11 | 808.0");
    assertThat(
            text(
                tables()
                    .latest("ops.run_ledger")
                    .where("run_id = 'second' and table_name = '" + SILVER + "'"),
                "rows_changed"))
        .isEqualTo("3");
  }
}
