package needle.estimate;

import static needle.kit.ColumnType.FLAG;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.ColumnType.WHOLE;
import static needle.kit.Layer.ESTIMATE;
import static needle.kit.TableContract.table;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.MeasurementPlan.Question;
import needle.kit.TableContract;
import needle.kit.Waiting;
import needle.panel.EmployeePanel;
import needle.panel.LeaverCoverage;
import needle.panel.TargetTrials;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Answers every question of every plan: the effect with its doubt, the checks it passed, who was
 * lost on the way, and the verdict.
 *
 * <p>A question without an honest answer keeps its row, with the verdict can't tell and the reason.
 */
public final class Studies implements Job {
  // A study of a few thousand people mostly waits for Spark.
  private static final int AT_A_TIME = 3;

  public static final TableContract TABLE =
      table(ESTIMATE, "studies", "The answer to each question of each plan")
          .oneRowPer("program_id", "kpi_id")
          .column("program_id", TEXT, "Program")
          .column("kpi_id", TEXT, "KPI")
          .column("kpi_title", TEXT, "Title of the KPI")
          .column("unit", TEXT, "Unit of the KPI and of the effect")
          .column("direction", TEXT, "Which way is good: up, down or ambiguous")
          .column("is_primary", FLAG, "Whether the plan names it as the program's own KPI")
          .column("grain", TEXT, "Length of a period: month or quarter")
          .column("anticipation", WHOLE, "Periods before training that may already react")
          .column("method", TEXT, "Estimator; none when no estimator can serve the KPI honestly")
          .optional(
              "estimand", TEXT, "What the estimate is of: att, the average effect on the trained")
          .optional("estimate", NUMBER, "Average effect on the trained")
          .optional("std_error", NUMBER, "Its standard error, clustered as the plan says")
          .optional("ci_low", NUMBER, "Lower end of the 95% interval")
          .optional("ci_high", NUMBER, "Upper end of the 95% interval")
          .optional("ci80_low", NUMBER, "Lower end of the 80% interval")
          .optional("ci80_high", NUMBER, "Upper end of the 80% interval")
          .optional("ci50_low", NUMBER, "Lower end of the 50% interval")
          .optional("ci50_high", NUMBER, "Upper end of the 50% interval")
          .optional("p_value", NUMBER, "Of the hypothesis that there is no effect")
          .optional("q_value", NUMBER, "Benjamini-Hochberg, over all questions of the run")
          .optional("treated", WHOLE, "People trained")
          .optional("control", WHOLE, "People they were compared with")
          .optional("clusters", WHOLE, "Independent pieces that the doubt rests on")
          .column("verdict", TEXT, "works, no_effect, harms or cant_tell")
          .column("grade", TEXT, "Strength of evidence: strong, moderate, weak or none")
          .optional("reasons", TEXT, "Why, as comma-separated codes; see docs/method.md")
          .optional(
              "baseline",
              NUMBER,
              "The KPI of the trained before their training; of durations, of others like them who were not trained")
          .column(
              "smallest_effect_of_interest",
              NUMBER,
              "The smallest change that would matter, from the plan")
          .nested("effects", StudyRows.EFFECTS, "All effects that were estimated")
          .nested("diagnostics", StudyRows.DIAGNOSTICS, "Checks on the assumptions")
          .nested("attrition", StudyRows.ATTRITION, "From the rows read to the rows analysed")
          .check(
              "verdict = 'cant_tell' or estimate is not null", "a verdict stands on an estimate");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    List<TableContract> tables = new ArrayList<>(EmployeePanel.studiedTables());
    tables.add(TargetTrials.TABLE);
    tables.add(LeaverCoverage.TABLE);
    return tables;
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Map<String, Kpi> kpis =
        in.kpis().stream().collect(Collectors.toMap(Kpi::kpiId, Function.identity()));
    Dataset<Row> panel = EmployeePanel.studied(in);
    MissingLeavers leavers = MissingLeavers.in(in.rows(LeaverCoverage.TABLE));
    TrialStudies trials = new TrialStudies(in.rows(TargetTrials.TABLE));
    try (StudyPanels panels = StudyPanels.of(panel, in.plans())) {
      Answer.Evidence evidence = new Answer.Evidence(panels, trials, leavers, in.period().end());
      List<Callable<Answer>> studies = new ArrayList<>();
      for (MeasurementPlan plan : in.plans()) {
        for (Question question : plan.questions()) {
          Kpi kpi = kpis.get(question.kpiId());
          studies.add(() -> Answer.to(plan, question, kpi, evidence));
        }
      }
      return panel
          .sparkSession()
          .createDataFrame(judged(Waiting.onAll(studies, AT_A_TIME)), TABLE.schema());
    }
  }

  /** A row per answer, judged by all of them. */
  static List<Row> judged(List<Answer> answers) {
    double[] qValues = qValues(answers, Answer::pValue);
    double[] equivalenceQ = qValues(answers, Answer::equivalencePValue);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < qValues.length; i++) {
      rows.add(StudyRows.of(answers.get(i), qValues[i], equivalenceQ[i]));
    }
    return rows;
  }

  private static double[] qValues(List<Answer> answers, ToDoubleFunction<Answer> pValue) {
    return MultipleTesting.benjaminiHochberg(answers.stream().mapToDouble(pValue).toArray());
  }
}
