package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** Studies by targeted maximum likelihood; the figures are those of TargetedLearningTest. */
class TargetedStudyTest extends StudyFiles {
  private static final String TREATED = "{exposed: treat}\nfold: fold";

  @Test
  void aStudyHasItsEffectItsMeansAndItsVerdict() throws IOException {
    Map<String, StudyRun.Table> tables =
        new StudyRun(session()).run(study(experiment(TREATED, "{estimator: tmle, estimand: att}")));
    List<Row> effects = tables.get("effects").rows();
    assertThat(effects)
        .extracting(r -> r.getString(2) + " " + r.getString(5) + " " + r.getString(6))
        .containsExactly("tmle overall att", "tmle mean treated", "tmle mean untreated");
    assertThat(effects.get(0).getDouble(10)).isCloseTo(1806.8393785477597, within(1e-2));
    assertThat(effects.get(0).getDouble(11)).isCloseTo(683.270031746197, within(1e-2));
    assertThat(tables.get("verdict").rows().get(0).getString(3)).isNotEqualTo("no_effect");
    assertThat(tables.get("diagnostics").rows())
        .anySatisfy(row -> assertThat(row.toString()).contains("share_beyond_range"));
  }

  @Test
  void everybodyIsTheDefaultAndLearnersAreTaken() throws IOException {
    List<Row> effects =
        new StudyRun(session())
            .run(
                study(
                    experiment(
                        TREATED,
                        "{estimator: tmle}\n  - {name: counts, estimator: tmle, learners: {outcome:"
                            + " poisson}}\nsensitivity: [e_value]")))
            .get("effects")
            .rows();
    assertThat(effects.get(0).getString(6)).isEqualTo("ate");
    assertThat(effects.get(0).getDouble(10)).isCloseTo(1555.8394853114742, within(1e-2));
    assertThat(effects.get(3).getDouble(10))
        .isNotEqualTo(effects.get(0).getDouble(10))
        .isBetween(1000.0, 2200.0);
  }

  @Test
  void withoutCovariatesOrWithoutFoldsForWhatIsLearnedItIsRefused() throws IOException {
    assertThatThrownBy(
            () ->
                new StudyRun(session())
                    .run(
                        study(
                            experiment(
                                "{exposed: treat}",
                                "{estimator: tmle, folds: 1, learners: {outcome: poisson}}"))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has to be cross-fitted");
    assertThatThrownBy(
            () ->
                new StudyRun(session())
                    .run(
                        study(
                            experiment("{exposed: treat}", "{estimator: tmle}")
                                .replaceAll("covariates: .*\n", ""))))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("tmle has nothing to adjust for");
  }
}
