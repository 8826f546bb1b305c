package needle.pipelines.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * Studies by generalised linear models. Without covariates the effect is the difference between the
 * shares, or rates, of the two sides.
 */
class GeneralizedLinearStudyTest extends StudyFiles {
  private final double[] wins = new double[2];
  private final double[] pitches = new double[2];

  /** 60 sellers in three years; every second one is trained from the second year on. */
  private Path sales(String panel, String outcome, String rest) throws IOException {
    StringBuilder rows = new StringBuilder("seller,year,trained,pitches,wins,tenure,calls\n");
    for (int seller = 0; seller < 60; seller++) {
      for (int year = 0; year < 3; year++) {
        int trained = seller % 2 == 1 && year > 0 ? 1 : 0;
        int tried = 4 + seller * 7 % 5;
        int won = seller * 5 % 4 + trained * (seller % 3 == 0 ? 2 : 1);
        rows.append(
            "s%d,%d,%d,%d,%d,%d,%d\n"
                .formatted(
                    seller,
                    2020 + year,
                    trained,
                    tried,
                    Math.min(tried, won),
                    seller % 11,
                    seller % 3 + year));
        wins[trained] += Math.min(tried, won);
        pitches[trained] += tried;
      }
    }
    Files.writeString(folder.resolve("sales.csv"), rows);
    return study(
        """
        study: sales
        panel: %s
        outcome: %s
        treatment: {exposed: trained}
        %smethods:
          - {estimator: glm}
        """
            .formatted(panel, outcome, rest));
  }

  private static final String POOLED = "{path: sales.csv, unit: seller, period: year}";

  @Test
  void successesAmongTrialsOfAPooledPanel() throws IOException {
    Path study =
        sales(
            POOLED,
            "{column: wins, family: binomial, trials: pitches, good: up,"
                + " smallest_effect_of_interest: 0.05}",
            "");
    Map<String, StudyRun.Table> tables = new StudyRun(session()).run(study);
    List<Row> effects = tables.get("effects").rows();
    assertThat(effects)
        .extracting(r -> r.getString(2) + " " + r.getString(5) + " " + r.getString(6))
        .containsExactly("glm overall ate", "glm coefficient trained");
    assertThat(effects.get(0).getDouble(10))
        .isCloseTo(wins[1] / pitches[1] - wins[0] / pitches[0], within(1e-9));
    assertThat(effects.get(1).getDouble(10))
        .isCloseTo(
            Math.log(wins[1] / (pitches[1] - wins[1])) - Math.log(wins[0] / (pitches[0] - wins[0])),
            within(1e-9));
    assertThat(effects.get(0).getLong(20)).isEqualTo(60);
    assertThat(tables.get("verdict").rows().get(0).getString(3)).isEqualTo("works");
    assertThat(tables.get("verdict").rows().get(0).getString(5)).contains("unconfoundedness");
  }

  private String adjusting(String covariates) {
    return said(POOLED, covariates);
  }

  private String said(String panel, String covariates) {
    try {
      new StudyRun(session())
          .run(sales(panel, "{column: wins, family: poisson, exposure: pitches}", covariates));
      return "";
    } catch (InvalidInput e) {
      return e.getMessage();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Tries change with every year; so does the year, for everybody. */
  @Test
  void whatMayHaveChangedByTrainingIsNoCovariate() {
    String bad = "The covariate calls may have been changed by the treatment: in 60 rows";
    assertThat(adjusting("covariates: [calls]\n")).contains(bad);
    assertThat(adjusting("covariates: [{name: calls, factor: true}]\n"))
        .contains("The covariate calls=");
    assertThat(adjusting("covariates: [{name: year, factor: true}, calls]\n"))
        .contains(bad)
        .doesNotContain("year=2021 may");
    assertThat(adjusting("covariates: [{name: calls, measured: before}, tenure]\n")).isEmpty();
    assertThat(adjusting("covariates: [{name: calls, factor: true, measured: before}]\n"))
        .isEmpty();
    assertThat(adjusting("covariates: [tenure, {name: year, factor: true}]\n")).isEmpty();
  }

  @Test
  void whereNobodyIsFollowedThereIsNoRowBefore() {
    String drawnAnew = "{path: sales.csv, unit: seller, period: year, followed: false}";
    assertThat(said(drawnAnew, "covariates: [calls]\n")).isEmpty();
  }

  @Test
  void countsOverAnExposureAndPeriodsForCovariates() throws IOException {
    String counts = "{column: wins, family: poisson, exposure: pitches}";
    List<Row> plain = new StudyRun(session()).run(sales(POOLED, counts, "")).get("effects").rows();
    assertThat(plain.get(0).getDouble(10))
        .isCloseTo(wins[1] / pitches[1] - wins[0] / pitches[0], within(1e-9));
    List<Row> byYear =
        new StudyRun(session())
            .run(sales(POOLED, counts, "covariates: [{name: year, factor: true}, tenure]\n"))
            .get("effects")
            .rows();
    assertThat(byYear.get(0).getDouble(10)).isNotEqualTo(plain.get(0).getDouble(10)).isPositive();
  }

  @Test
  void aFamilyThatDoesNotFitIsRefused() throws IOException {
    Path gamma = sales("{path: sales.csv, unit: seller}", "{column: wins, family: gamma}", "");
    assertThatThrownBy(() -> new StudyRun(session()).run(gamma))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("outcome that is not gamma");
    Path trials = sales("{path: sales.csv, unit: seller}", "{column: wins, trials: pitches}", "");
    assertThatThrownBy(() -> new StudyRun(session()).run(trials))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("trials has a meaning for the family binomial only");
    String other =
        Files.readString(
                sales("{path: sales.csv, unit: seller}", "{column: wins, family: gamma}", ""))
            .replace("{estimator: glm}", "{estimator: difference_in_means}");
    assertThatThrownBy(() -> new StudyRun(session()).run(study(other)))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("difference_in_means does not fit the outcome");
  }
}
