package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import needle.SparkTest;
import needle.pipelines.assess.design.Question;
import needle.pipelines.assess.design.Question.Truthfulness;
import needle.pipelines.assess.design.Questions;
import needle.pipelines.assess.design.Sample;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the rows of every estimator are estimates of. */
class EstimandsTest extends SparkTest {
  @TempDir Path folder;

  @Test
  void everyRowOfEveryEstimatorSaysWhatItEstimates() throws Exception {
    Map<String, TreeSet<String>> told = new TreeMap<>();
    TreeSet<String> asked = new TreeSet<>();
    for (Question question : Questions.all()) {
      if (question.truthfulness() == Truthfulness.ASSUMPTIONS_HOLD) {
        asked.add(question.estimator());
        Map<String, StudyRun.Table> tables = answered(question);
        StudyRun.Table effects = tables.get("effects");
        assertThat(effects.rows()).as(question.name()).isNotEmpty();
        for (Row row : effects.rows()) {
          told.computeIfAbsent(
                  question.estimator() + " " + cell(effects, row, "aggregation"),
                  first -> new TreeSet<>())
              .add(cell(effects, row, "estimand"));
        }
        headlineIsThatOfTheVerdict(question, tables);
      }
    }
    assertThat(asked).containsExactlyInAnyOrderElementsOf(EstimatorKind.words(kind -> true));
    assertThat(
            told.entrySet().stream()
                .map(e -> e.getKey() + ": " + String.join(" ", e.getValue()))
                .collect(Collectors.joining("\n")))
        .isEqualTo(
            """
            aipw overall: ate att
            attribution contribution: contribution mean_difference
            attribution event_time: att
            attribution interaction: interaction
            attribution mix: contribution
            attribution reached_share: mean_difference
            cox coefficient: log_hazard_ratio
            cumulative_incidence incidence: risk risk_difference risk_difference_att
            decomposition coefficients: contribution
            decomposition composition_level: contribution
            decomposition endowments: contribution
            decomposition explained: contribution
            decomposition interaction: contribution
            decomposition kitagawa: contribution
            decomposition overall: mean mean_difference
            decomposition rate_level: contribution
            decomposition threefold: contribution
            decomposition twofold: contribution
            decomposition unexplained: contribution
            difference_in_means overall: ate
            discrete_hazard coefficient: log_odds_ratio
            dose_response dose: ate
            dose_response overall: ate average_slope
            fixed_effects coefficient: slope
            forecast prediction: prediction
            forecast prediction_90: prediction
            glm coefficient: log_odds_ratio log_rate_ratio
            glm overall: ate
            heterogeneity calibration: slope
            heterogeneity coefficient: slope
            heterogeneity overall: ate
            heterogeneity predicted_effect: gate slope
            heterogeneity rank: rank
            heterogeneity segment: gate slope
            imputation_did calendar: att
            imputation_did event_time: att
            imputation_did group: att
            imputation_did group_time: att
            imputation_did simple: att
            interactive overall: ate att
            interrupted_series coefficient: slope
            interrupted_series counterfactual: potential_outcome_mean
            interrupted_series event_time: att
            interrupted_series simple: att
            ipw overall: ate att
            mediation mediation: ate natural_direct_effect natural_indirect_effect proportion_mediated
            ols coefficient: slope
            partially_linear coefficient: slope
            poisson_fixed_effects coefficient: log_rate_ratio
            staggered_did calendar: att
            staggered_did event_time: att
            staggered_did group: att
            staggered_did group_time: att
            staggered_did overall: att
            staggered_did simple: att
            sun_abraham calendar: att
            sun_abraham event_time: att
            sun_abraham group: att
            sun_abraham group_time: att
            sun_abraham simple: att
            synthetic_did event_time: att
            synthetic_did group: att
            synthetic_did simple: att
            tmle mean: potential_outcome_mean
            tmle overall: ate att
            weighted_survival restricted_mean: restricted_mean restricted_mean_difference restricted_mean_difference_att""");
  }

  private Map<String, StudyRun.Table> answered(Question question) throws Exception {
    Path study = Files.writeString(folder.resolve("study.yaml"), question.design().study());
    Sample sample = question.design().draw(new SplittableRandom(1));
    return new StudyRun(session())
        .answers(study, session().createDataFrame(sample.rows(), sample.schema()).coalesce(1))
        .tables();
  }

  private static void headlineIsThatOfTheVerdict(
      Question question, Map<String, StudyRun.Table> tables) {
    StudyRun.Table verdicts = tables.get("verdict");
    StudyRun.Table effects = tables.get("effects");
    Row verdict = verdicts.rows().get(0);
    assertThat(effects.rows())
        .as(question.name())
        .anySatisfy(
            row -> {
              for (String column : new String[] {"estimand", "aggregation", "term"}) {
                assertThat(cell(verdicts, verdict, column)).isEqualTo(cell(effects, row, column));
              }
            });
  }

  private static String cell(StudyRun.Table table, Row row, String column) {
    return row.getString(table.schema().fieldIndex(column));
  }
}
