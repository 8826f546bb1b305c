package needle.pipelines.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import needle.bronze.Delivery;
import needle.estimate.Studies;
import needle.gold.Attrition;
import needle.gold.Diagnostics;
import needle.gold.EffectCurves;
import needle.gold.Findings;
import needle.gold.KpiTrends;
import needle.gold.Programs;
import needle.gold.TrainingEffects;
import needle.gold.TrainingRoi;
import needle.kit.InvalidInput;
import needle.kit.Job;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.panel.Cohorts;
import needle.panel.EmployeePanel;
import needle.panel.EmployeePeriods;
import needle.panel.HomeTeams;
import needle.panel.KpiOutcomes;
import needle.panel.LeaverCoverage;
import needle.panel.Milestones;
import needle.panel.TargetTrials;
import needle.panel.TrainingExposure;
import needle.pipelines.config.ContractExpressions;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;
import needle.silver.Assessments;
import needle.silver.ComplianceFindings;
import needle.silver.CourseFeedback;
import needle.silver.EmploymentHistory;
import needle.silver.Employments;
import needle.silver.Enrolments;
import needle.silver.EstablishmentYears;
import needle.silver.FactCounts;
import needle.silver.HoursWorked;
import needle.silver.Identities;
import needle.silver.Incidents;
import needle.silver.JobRecords;
import needle.silver.LearningRecords;
import needle.silver.MatchRates;
import needle.silver.NearMisses;
import needle.silver.Sales;
import needle.silver.SalesStages;
import needle.silver.ServiceCases;
import needle.silver.Unattributed;

/** Every job that Needle has. A new job is added here and nowhere else. */
public final class Catalog {
  private static final List<Job> JOBS =
      List.of(
          new Identities(),
          new Employments(),
          new JobRecords(),
          new EmploymentHistory(),
          new LearningRecords(),
          new Enrolments(),
          new Assessments(),
          new CourseFeedback(),
          new Sales(),
          new SalesStages(),
          new ServiceCases(),
          new ComplianceFindings(),
          new Incidents(),
          new NearMisses(),
          new HoursWorked(),
          new EstablishmentYears(),
          new FactCounts(),
          new Unattributed(),
          new MatchRates(),
          new EmployeePeriods(),
          new HomeTeams(),
          new Cohorts(),
          new TrainingExposure(),
          new LeaverCoverage(),
          new KpiOutcomes(),
          new Milestones(),
          new TargetTrials(),
          new EmployeePanel(),
          new Studies(),
          new Programs(),
          new KpiTrends(),
          new TrainingEffects(),
          new EffectCurves(),
          new Diagnostics(),
          new Attrition(),
          new TrainingRoi(),
          new Findings());

  private Catalog() {}

  public static List<Job> jobs() {
    return JOBS;
  }

  /** What runs keep of themselves; not published, and read as it is. */
  public static List<TableContract> operations() {
    return List.of(RunLedger.TABLE, Publications.TABLE, Restatements.TABLE, Restatements.CAUSES);
  }

  /** Every table that there can be, in the order in which they are made. */
  public static List<TableContract> tables(List<ExtractContract> contracts) {
    return Stream.concat(
            JobGraph.of(contracts, JOBS).nodes().stream().map(JobGraph.Node::table),
            operations().stream())
        .toList();
  }

  /**
   * Fails unless the extract contracts supply every column that jobs read of bronze, with its type
   * and filled where jobs need it in every row, and supply no table that no job reads.
   */
  public static void checkBronze(List<ExtractContract> contracts) {
    // A fault is one, however many jobs it keeps from reading.
    Map<String, List<String>> readers = new LinkedHashMap<>();
    for (Job job : JOBS) {
      for (TableContract input : job.inputs()) {
        if (input.layer() == Layer.BRONZE) {
          missing(input, contracts)
              .forEach(
                  m ->
                      readers
                          .computeIfAbsent(m, f -> new ArrayList<>())
                          .add(job.output().qualifiedName()));
        }
      }
    }
    List<String> faults = new ArrayList<>();
    readers.forEach(
        (missing, by) ->
            faults.add(
                String.join(" and ", by) + (by.size() == 1 ? " reads " : " read ") + missing));
    for (ExtractContract contract : contracts) {
      if (!contract.supplies().equals(contract.id()) && !isRead(contract.supplies())) {
        faults.add(
            "contract "
                + contract.id()
                + " supplies "
                + contract.supplies()
                + ", which no job reads");
      }
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          "The extract contracts do not supply what the jobs read",
          String.join("\n          ", faults),
          "add these columns to the contracts, with their type; what a source does not have is derived, as transformLogic: 'null'; what every row has to fill is required: true, or derived from such columns; supplies names a table that jobs read");
    }
  }

  /** Whether any job reads the bronze table of that name. */
  public static boolean isRead(String bronzeTable) {
    return JOBS.stream()
        .flatMap(j -> j.inputs().stream())
        .anyMatch(i -> i.layer() == Layer.BRONZE && i.name().equals(bronzeTable));
  }

  private static List<String> missing(TableContract input, List<ExtractContract> contracts) {
    List<ExtractContract> suppliers =
        contracts.stream().filter(c -> c.supplies().equals(input.name())).toList();
    if (suppliers.isEmpty()) {
      return List.of(input + ", which no contract supplies");
    }
    return suppliers.stream()
        .flatMap(s -> Stream.concat(missing(input, s), emptied(input, s)))
        .toList();
  }

  private static Stream<String> missing(TableContract input, ExtractContract supplier) {
    TableContract supplied = supplier.table();
    return input.columns().stream()
        .filter(c -> !c.name().equals(Delivery.EXTRACT))
        .filter(c -> supplied.find(c.name()).filter(s -> s.type().equals(c.type())).isEmpty())
        .map(
            c ->
                c.name()
                    + " ("
                    + c.type().simpleString()
                    + ") of "
                    + input
                    + ", and contract "
                    + supplier.id()
                    + " does not declare it");
  }

  private static Stream<String> emptied(TableContract input, ExtractContract supplier) {
    return input.columns().stream()
        .filter(TableContract.ColumnContract::required)
        .map(TableContract.ColumnContract::name)
        .filter(c -> supplier.landedFields().stream().anyMatch(f -> f.name().equals(c)))
        .filter(c -> !ContractExpressions.isFilled(supplier, c))
        .map(
            c ->
                c
                    + " of "
                    + input
                    + " in every row, and contract "
                    + supplier.id()
                    + " lets it be empty");
  }
}
