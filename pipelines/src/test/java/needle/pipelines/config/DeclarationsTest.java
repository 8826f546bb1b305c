package needle.pipelines.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import needle.kit.Increment;
import needle.kit.InvalidInput;
import needle.kit.Job;
import needle.kit.Kpi;
import needle.kit.Layer;
import needle.kit.MeasurementPlan;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;
import needle.kit.TableContract;
import needle.pipelines.run.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeclarationsTest {
  private static final Path SHIPPED = Path.of(".");

  @TempDir Path folder;

  private void copyShipped() throws IOException {
    for (String part : List.of("contracts", "kpis", "plans")) {
      try (Stream<Path> files = Files.walk(SHIPPED.resolve(part))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = folder.resolve(SHIPPED.relativize(file));
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private void edit(String file, String before, String after) throws IOException {
    Path path = folder.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(before);
    Files.writeString(path, text.replace(before, after));
  }

  @Test
  void whatIsShippedIsConsistentAndSuppliesWhatTheJobsRead() {
    Declarations shipped = Declarations.read(SHIPPED);
    assertThat(shipped.contracts()).hasSizeGreaterThanOrEqualTo(17);
    assertThat(shipped.plans()).hasSize(9);
    assertThat(shipped.kpis()).hasSizeGreaterThanOrEqualTo(9);
    Catalog.checkBronze(shipped.contracts());
  }

  @Test
  void allFaultsOfAllFilesAreToldAtOnce() throws IOException {
    copyShipped();
    edit("kpis/csat.yaml", "good: up", "good: sideways");
    edit("kpis/win_rate.yaml", "family: binary", "family: binary\ncolour: red");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("2 fault(s)")
        .hasMessageContaining("csat.yaml")
        .hasMessageContaining("colour");
  }

  @Test
  void anUnknownKeyHidesNoOtherFaultOfItsFile() throws IOException {
    copyShipped();
    String contract = "contracts/lms/assessment_scores.yaml";
    edit(contract, "kind: DataContract", "kind: DataContract\ncolour: red");
    edit(contract, "slaProperties:", "tags: lms\nslaProperties:");
    edit(contract, "value: 31,", "value: a month,");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("there is no key colour")
        .hasMessageContaining(" at tags: must be a list")
        .hasMessageContaining(" at slaProperties[0].value: must be a number");
  }

  @Test
  void onlyWhatIsDeclaredMakesOtherTables() throws IOException {
    copyShipped();
    String hash = Declarations.read(folder).hash();
    Path built = Files.createDirectories(folder.resolve("target/test-classes/contracts"));
    Files.writeString(built.resolve("left.yaml"), "by: a build");
    assertThat(Declarations.read(folder).hash()).isEqualTo(hash);
    edit("kpis/csat.yaml", "good: up", "good: down");
    assertThat(Declarations.read(folder).hash()).isNotEqualTo(hash);
  }

  @Test
  void aPlanThatAsksForAnUnknownKpiIsNamed() throws IOException {
    copyShipped();
    edit("plans/safety.yaml", "kpi: near_miss_rate", "kpi: happiness");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("plan safety asks for KPI happiness");
  }

  @ParameterizedTest
  @ValueSource(strings = {"learning_records", "assessments", "course_feedback", "enrolments"})
  void aPlanMayNotBeJudgedByItsOwnTraining(String table) throws IOException {
    copyShipped();
    edit("kpis/near_miss_rate.yaml", "table: silver.near_misses", "table: silver." + table);
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(
            "plan safety asks for KPI near_miss_rate, which is circular: it is summed from silver."
                + table);
    // Told and not judged, it is as good as any.
    edit("plans/safety.yaml", "kpi: near_miss_rate", "kpi: csat");
    assertThat(Declarations.read(folder).plans()).hasSize(9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kpis/win_rate.yaml | datedBy: closed_on | datedBy: closed_at | closed_at in silver.sales; did"
            + " you mean closed_on?",
        "kpis/win_rate.yaml | is_won | was_won | was_won in silver.sales; did you mean is_won?",
        "kpis/revenue_per_seller.yaml | amount_usd | turnover | turnover in silver.sales; it has",
        "kpis/voluntary_turnover.yaml | is_voluntary_exit | resigned"
            + " | resigned in silver.employments; it has",
        "plans/safety.yaml | function = | division = | division in panel.employee_periods; it has",
      })
  void aColumnThatThereIsNotIsNamed(String file, String from, String to, String fault)
      throws IOException {
    copyShipped();
    edit(file, from, to);
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(file.substring(file.indexOf('/') + 1))
        .hasMessageContaining("there is no column " + fault);
  }

  @Test
  void aTableThatIsNotOfferedIsNamed() throws IOException {
    copyShipped();
    edit("kpis/near_miss_rate.yaml", "table: silver.near_misses", "table: bronze.mes_defects");
    edit("kpis/voluntary_turnover.yaml", "table: silver.employments", "table: silver.leavers");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("there is no table bronze.mes_defects to measure by; it is one of")
        .hasMessageContaining("there is no table silver.leavers to measure by; it is one of")
        .hasMessageContaining("silver.near_misses")
        .hasMessageContaining("silver.employment_history");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TT.MM.JJJJ", "yyyy-MM-dd'", "YYYY-MM-dd"})
  void aFormatThatIsNoPatternOfDatesIsNamed(String format) throws IOException {
    copyShipped();
    Path contract = folder.resolve("contracts/hris/emp_job.yaml");
    String text = Files.readString(contract);
    Files.writeString(
        contract, text.replaceFirst("\\{format: [^}]*}", "{format: \"" + format + "\"}"));
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("emp_job.yaml")
        .hasMessageContaining("has the format " + format + ", which is no pattern of dates");
  }

  @Test
  void aClusterThatThePanelDoesNotHaveIsNamed() throws IOException {
    copyShipped();
    edit("plans/safety.yaml", "cluster: team_id", "cluster: department");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("cluster is department, and must be one of team_id, site_id");
  }

  @Test
  void aPlanThatAsksForAKpiTwiceIsNamed() throws IOException {
    copyShipped();
    edit("plans/safety.yaml", "kpi: near_miss_rate", "kpi: incident_rate");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("it asks for KPI incident_rate more than once");
  }

  @Test
  void aProgramWithTwoPlansIsNamed() throws IOException {
    copyShipped();
    Files.copy(folder.resolve("plans/safety.yaml"), folder.resolve("plans/safety_again.yaml"));
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("program safety is declared in more than one file");
  }

  @Test
  void aPlanRegisteredAfterItsLaunchIsRefused() throws IOException {
    copyShipped();
    edit("plans/safety.yaml", "registeredOn: 2023-06-15", "registeredOn: 2024-06-15");
    assertThatThrownBy(() -> Declarations.read(folder)).hasMessageContaining("after its launch");
  }

  @Test
  void aPlanSaysHowItsAnswersAreTried() throws IOException {
    copyShipped();
    edit(
        "plans/service_skills.yaml",
        "kpi: csat",
        "kpi: csat\n    sensitivity: [{name: relative_magnitudes, at: [1],"
            + " withstands: 0.5}, placebo_dates]");
    assertThat(Declarations.read(folder).plans())
        .filteredOn(p -> p.programId().equals("service_skills"))
        .flatExtracting(MeasurementPlan::questions)
        .extracting(MeasurementPlan.Question::sensitivity)
        .contains(
            Map.of(
                Sensitivity.RELATIVE_MAGNITUDES,
                new Settings(List.of(1.0), OptionalDouble.of(0.5), false),
                Sensitivity.PLACEBO_DATES,
                Settings.USUAL));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "e_value | csat: sensitivity lists e_value, and must list some of relative_magnitudes, smoothness, placebo_dates",
        "{name: smoothness, withstands: -1} | csat: sensitivity: withstands of smoothness is -1.0",
        "{name: smoothness, resists: 1} | there is no key kpis[0].sensitivity[0].resists",
      })
  void aPlanThatTriesItsAnswersInNoWayIsNamed(String entry, String said) throws IOException {
    copyShipped();
    edit("plans/service_skills.yaml", "kpi: csat", "kpi: csat\n    sensitivity: [" + entry + "]");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("service_skills.yaml")
        .hasMessageContaining(said);
  }

  @Test
  void aPlanSaysWhatCountsAsExposed() throws IOException {
    copyShipped();
    assertThat(Declarations.read(folder).plans())
        .allMatch(p -> p.exposure() == MeasurementPlan.Exposure.COMPLETION);
    edit("plans/safety.yaml", "owner:", "exposure: assignment\nowner:");
    assertThat(Declarations.read(folder).plans())
        .filteredOn(p -> p.exposure() == MeasurementPlan.Exposure.ASSIGNMENT)
        .extracting(MeasurementPlan::programId)
        .containsExactly("safety");
    edit("plans/safety.yaml", "exposure: assignment", "exposure: hearsay");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("safety.yaml")
        .hasMessageContaining("exposure");
  }

  @Test
  void aKpiSaysWhetherItNeedsThoseWhoLeft() {
    assertThat(Declarations.read(SHIPPED).kpis())
        .filteredOn(Kpi::needsLeavers)
        .extracting(Kpi::kpiId)
        .containsExactly("promotion_rate", "voluntary_turnover");
  }

  @Test
  void aContractThatLostAColumnNamesTheJobThatReadsIt() throws IOException {
    copyShipped();
    edit("contracts/crm/opportunity.yaml", "name: is_won", "name: won");
    List<ExtractContract> contracts = Declarations.read(folder).contracts();
    assertThatThrownBy(() -> Catalog.checkBronze(contracts))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("silver.sales reads is_won");
  }

  @Test
  void aContractThatLetsAColumnBeEmptyThatTellsRowsApartIsNamed() throws IOException {
    copyShipped();
    String required = "physicalName: studentComponentID\n        logicalType: string\n";
    edit("contracts/lms/learning_history.yaml", required + "        required: true\n", required);
    edit(
        "contracts/crm/zendesk_ticket.yaml",
        "concat('zendesk:', ticket_id)",
        "nullif(concat('zendesk:', ticket_id), 'zendesk:')");
    List<ExtractContract> contracts = Declarations.read(folder).contracts();
    assertThatThrownBy(() -> Catalog.checkBronze(contracts))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e ->
                assertThat(e.reason().lines().map(String::strip))
                    .containsExactlyInAnyOrder(
                        "silver.learning_records and silver.enrolments read student_component_id of"
                            + " bronze.lms_learning_history in every row, and contract"
                            + " lms_learning_history lets it be empty",
                        "silver.service_cases and silver.compliance_findings read id of"
                            + " bronze.crm_case in every row, and contract crm_zendesk_ticket lets"
                            + " it be empty"));
  }

  // What a narrow run cannot tell to a unit it would leave out.
  @Test
  void bronzeColumnsThatTellUnitsApartAreFilled() {
    List<String> told = new ArrayList<>();
    for (Job job : Catalog.jobs()) {
      for (TableContract input : job.inputs()) {
        if (input.layer() == Layer.BRONZE) {
          job.increment(null).from(input).stream()
              .flatMap(r -> r.keys().stream())
              .flatMap(List::stream)
              .map(Increment.Key::column)
              .forEach(
                  c -> {
                    told.add(c);
                    assertThat(input.find(c).orElseThrow().required()).as(input + " " + c).isTrue();
                  });
        }
      }
    }
    assertThat(told).contains("response_id", "pay_code", "case_id");
  }

  @Test
  void whatSeveralJobsMissIsOneFault() throws IOException {
    copyShipped();
    edit("contracts/lms/docebo_completions.yaml", "name: total_hours", "name: hours");
    List<ExtractContract> contracts = Declarations.read(folder).contracts();
    assertThatThrownBy(() -> Catalog.checkBronze(contracts))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e ->
                assertThat(e.reason().lines())
                    .singleElement()
                    .asString()
                    .isEqualTo(
                        "silver.learning_records and silver.enrolments read total_hours (double) of"
                            + " bronze.lms_learning_history, and contract lms_docebo_completions"
                            + " does not declare it"));
    assertThatThrownBy(() -> Catalog.checkBronze(List.of()))
        .isInstanceOfSatisfying(
            InvalidInput.class,
            e ->
                assertThat(e.reason().lines().map(l -> l.replaceAll(".* reads? ", "")))
                    .hasSizeGreaterThan(5)
                    .doesNotHaveDuplicates());
  }

  @Test
  void aContractThatSuppliesATableThatNoJobReadsIsNamed() throws IOException {
    copyShipped();
    edit(
        "contracts/lms/docebo_completions.yaml",
        "value: lms_learning_history",
        "value: lms_lerning");
    List<ExtractContract> contracts = Declarations.read(folder).contracts();
    assertThatThrownBy(() -> Catalog.checkBronze(contracts))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("contract lms_docebo_completions supplies lms_lerning");
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> Declarations.read(folder.resolve("nowhere")))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("nowhere");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reflect('java.lang.System', 'exit', 1)",
        "(select count(*) from gold.programs)",
        "java_method('java.lang.Runtime', 'getRuntime')",
        "sum(amount",
        "exists (select 1)"
      })
  void expressionsThatDoMoreThanMeasureAreRefused(String expression) {
    List<String> faults = new ArrayList<>();
    SqlAllowList.check(expression, faults);
    assertThat(faults).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kpis/csat.yaml                     | expression",
        "kpis/csat.yaml                     | where",
        "plans/safety.yaml                  | population",
        "contracts/hris/emp_employment.yaml | implementation",
        "contracts/hris/emp_employment.yaml | physicalName",
      })
  void aFileThatDoesMoreThanMeasureIsRefused(String file, String key) throws IOException {
    String written = key.equals("physicalName") ? "transformLogic" : key;
    for (String evil :
        List.of(
            "reflect('java.lang.System', 'getenv', 'HOME')",
            "(select max(value) from text.`/etc/hostname`)",
            "user_id in (select value from text.`/etc/hostname`)")) {
      copyShipped();
      Path path = folder.resolve(file);
      String text = Files.readString(path);
      Files.writeString(path, text.replaceFirst(key + ": .*", written + ": \"" + evil + "\""));
      assertThatThrownBy(() -> Declarations.read(folder))
          .isInstanceOf(InvalidInput.class)
          .hasMessageContaining(path.getFileName().toString())
          .hasMessageContaining(evil);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../crm/*/*.csv",
        "crm/../*/*.csv",
        "/etc/*/*.csv",
        "crm/[a-z]/*/*.csv",
        "{crm,hris}/user/*/*.csv",
        ".hidden/user/*/*.csv",
        "crm/user/2024-01-01/*.csv",
      })
  void aContractsPathStaysInTheLandingFolder(String path) throws IOException {
    copyShipped();
    edit("contracts/crm/opportunity.yaml", "crm/opportunity/*/*.csv", "'" + path + "'");
    assertThatThrownBy(() -> Declarations.read(folder))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("servers.path is " + path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sum(hours) / 1000",
        "count(*)",
        "csat_score >= 4 and is_reopened",
        "function = 'Sales'"
      })
  void expressionsThatMeasureAreAllowed(String expression) {
    List<String> faults = new ArrayList<>();
    SqlAllowList.check(expression, faults);
    assertThat(faults).isEmpty();
  }
}
