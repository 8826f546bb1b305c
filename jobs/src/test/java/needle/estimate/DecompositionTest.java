package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import needle.SparkTest;
import needle.estimate.Decomposition.Coefficients;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/**
 * The National Supported Work experiment (LaLonde 1986), earnings of those with a degree less those
 * of others. Totals are those of statsmodels 0.15.0 (OaxacaBlinder: pooled, reimers, three_fold);
 * details and errors those of stacked estimating equations in numpy 2.4.6, with numerical
 * derivatives, indicators of other levels and nothing centred.
 */
class DecompositionTest extends SparkTest {
  private static final GroupPair DEGREE = new GroupPair("nodegree", "1", "0");

  private Dataset<Row> persons() {
    return TrainingExperiment.persons(session())
        .selectExpr(
            "*",
            "case when black = 1 then 'black' when hisp = 1 then 'hispanic' else 'other' end as"
                + " origin");
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("person", "re78");
  }

  private static Decomposition by(Coefficients coefficients) {
    return Decomposition.ofCovariates(
        DEGREE, List.of("age", "re75"), List.of("origin"), coefficients);
  }

  private static void agrees(
      EffectEstimate estimate, String aggregation, String term, double amount, double error) {
    Effect found = estimate.find(aggregation, term).orElseThrow();
    assertThat(found.estimate()).as(term).isCloseTo(amount, within(1e-6 * Math.abs(amount)));
    assertThat(found.stdError()).as(term).isCloseTo(error, within(1e-6 * error));
  }

  private static double amount(EffectEstimate estimate, String aggregation, String term) {
    return estimate.find(aggregation, term).orElseThrow().estimate();
  }

  @Test
  void pooledCoefficientsAndErrorsOfStatsmodelsAndStackedEquations() {
    EffectEstimate estimate = by(Coefficients.POOLED).estimate(persons(), design().build());
    agrees(estimate, "overall", "difference", 1701.655708698232, 835.7437630876);
    agrees(estimate, "overall", "from", 4929.840978414163, 338.2265498455);
    agrees(estimate, "twofold", "explained", 173.45854078204238, 164.1539613459);
    agrees(estimate, "twofold", "unexplained", 1528.1971679161852, 852.8495249041);
    agrees(estimate, "threefold", "endowments", 177.23547889802802, 188.8293519669);
    agrees(estimate, "threefold", "coefficients", 1272.5198699723423, 830.9429528995);
    agrees(estimate, "threefold", "interaction", 251.9003598278569, 357.4250978663);
    agrees(estimate, "explained", "age", 93.2584869646, 79.8864087004);
    agrees(estimate, "explained_level", "origin: black", 50.1056448858, 61.4293114805);
    agrees(estimate, "explained_level", "origin: other", 83.5532617735, 74.5639361369);
    agrees(estimate, "unexplained", "re75", 857.2165780767, 675.6851138036);
    agrees(estimate, "unexplained", "constant", -2699.8673504115, 3404.3924769412);
    agrees(estimate, "unexplained_level", "origin: hispanic", -123.855366019, 99.7681238115);
    agrees(estimate, "coefficients_level", "origin: black", 1407.8896737362, 1011.8455314230);
    agrees(estimate, "interaction", "age", 142.2278296581, 232.8724141773);
    assertThat(estimate.headline().treated()).isEqualTo(97);
    assertThat(estimate.headline().control()).isEqualTo(348);
  }

  @Test
  void errorsAllowForClusters() {
    EffectEstimate estimate =
        by(Coefficients.POOLED)
            .estimate(
                persons().withColumn("school", org.apache.spark.sql.functions.col("educ")),
                design().clusteredBy("school").build());
    agrees(estimate, "twofold", "explained", 173.45854078204238, 152.9613964448);
    agrees(estimate, "twofold", "unexplained", 1528.1971679161852, 1085.5978516079);
    agrees(estimate, "unexplained_level", "origin: black", 1351.3465890824, 1409.0539316274);
    assertThat(estimate.diagnosticValue("clusters", "whole")).hasValue(14);
    Intervals.ofStudent(estimate.find("twofold", "explained").orElseThrow(), 13, 2.1603686564628);
    assertThat(estimate.degreesOfFreedom()).isEqualTo(13);
  }

  @Test
  void otherReferencesAreThoseOfStatsmodels() {
    EffectEstimate from = by(Coefficients.FROM).estimate(persons(), design().build());
    agrees(from, "twofold", "explained", 177.2354788981, 188.8293519669);
    EffectEstimate to = by(Coefficients.TO).estimate(persons(), design().build());
    agrees(to, "twofold", "explained", 429.135838725885, 334.1962372810);
    EffectEstimate mean = by(Coefficients.AVERAGE).estimate(persons(), design().build());
    assertThat(amount(mean, "twofold", "explained"))
        .isCloseTo(303.1856588119565, within(1e-6 * 303));
  }

  @Test
  void detailsAddUp() {
    EffectEstimate estimate = by(Coefficients.POOLED).estimate(persons(), design().build());
    for (String part : List.of("explained", "unexplained", "coefficients")) {
      double sum =
          estimate.effects().stream()
              .filter(e -> e.aggregation().equals(part))
              .mapToDouble(Effect::estimate)
              .sum();
      double levels =
          estimate.effects().stream()
              .filter(e -> e.aggregation().equals(part + "_level"))
              .mapToDouble(Effect::estimate)
              .sum();
      String fold = part.equals("coefficients") ? "threefold" : "twofold";
      assertThat(sum).isCloseTo(amount(estimate, fold, part), within(1e-8));
      assertThat(levels).isCloseTo(amount(estimate, part, "origin"), within(1e-8));
    }
  }

  @Test
  void sharesAndRatesOfCells() {
    EffectEstimate estimate =
        Decomposition.ofCells(DEGREE, List.of("origin")).estimate(persons(), design().build());
    agrees(estimate, "overall", "difference", 1701.655708698232, 835.7437630876);
    agrees(estimate, "kitagawa", "composition", 154.2311613411, 135.4983099737);
    agrees(estimate, "kitagawa", "rate", 1547.4245473571, 840.6443466043);
    agrees(estimate, "composition_level", "origin: black", 38.0853544532, 49.7533273587);
    agrees(estimate, "composition_level", "origin: other", 109.1988836697, 80.6675543631);
    agrees(estimate, "rate_level", "origin: black", 1447.2003331963, 807.3234037860);
    agrees(estimate, "rate_level", "origin: hispanic", -34.5169564494, 142.3425770669);
  }

  /** Kitagawa's formula by hand: rates 10 and 30 in shares 0.75, 0.25; then 20 and 50, halves. */
  @Test
  void periodsByHand() {
    List<Row> rows = new java.util.ArrayList<>();
    double[][] early = {{1, 8}, {1, 10}, {1, 12}, {2, 30}};
    double[][] late = {{1, 19}, {1, 21}, {2, 49}, {2, 51}};
    for (int i = 0; i < 4; i++) {
      rows.add(
          org.apache.spark.sql.RowFactory.create(i, 1 + i % 2, "j" + early[i][0], early[i][1]));
      rows.add(org.apache.spark.sql.RowFactory.create(i, 5 + i % 2, "j" + late[i][0], late[i][1]));
    }
    Dataset<Row> panel =
        session()
            .createDataFrame(
                rows,
                org.apache.spark.sql.types.StructType.fromDDL(
                    "unit int, month int, job string, kpi double"));
    EffectEstimate estimate =
        Decomposition.ofCells(new GroupPair("month", "1..2", "5..6"), List.of("job"))
            .estimate(panel, StudyDesign.of("unit", "month", "kpi").build());
    assertThat(amount(estimate, "overall", "difference")).isCloseTo(20, within(1e-10));
    assertThat(amount(estimate, "kitagawa", "composition")).isCloseTo(6.25, within(1e-10));
    assertThat(amount(estimate, "kitagawa", "rate")).isCloseTo(13.75, within(1e-10));
    assertThat(amount(estimate, "composition_level", "job: j1.0")).isCloseTo(3.125, within(1e-10));
    assertThat(amount(estimate, "rate_level", "job: j1.0")).isCloseTo(6.25, within(1e-10));
    assertThat(estimate.headline().clusters()).isEqualTo(4);
  }

  @Test
  void theLayoutChangesNoBit() {
    Dataset<Row> persons = persons();
    StudyDesign design = design().build();
    assertThat(by(Coefficients.POOLED).estimate(persons.repartition(7), design).effects())
        .isEqualTo(by(Coefficients.POOLED).estimate(persons.coalesce(1), design).effects());
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    assertThatThrownBy(() -> new GroupPair("nodegree", "1", "1"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("two groups are the same");
    refused(persons().where("nodegree = 1"), by(Coefficients.POOLED), "no complete row has");
    refused(
        persons().where("nodegree = 1 or origin != 'other'"),
        by(Coefficients.POOLED),
        "no row with origin: other has nodegree 0");
    refused(
        persons().withColumn("re75", org.apache.spark.sql.functions.expr("nodegree * age")),
        by(Coefficients.POOLED),
        "cannot be told apart in the group nodegree 1");
    refused(
        persons().withColumn("origin", org.apache.spark.sql.functions.lit("one")),
        by(Coefficients.POOLED),
        "does not divide the rows");
    refused(persons().drop("origin"), by(Coefficients.POOLED), "no column origin");
    refused(
        persons().withColumn("person", org.apache.spark.sql.functions.lit(1)),
        by(Coefficients.POOLED),
        "one cluster only");
    assertThatThrownBy(
            () ->
                Decomposition.ofCells(new GroupPair("nodegree", "a..b", "0"), List.of("origin"))
                    .estimate(persons(), design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("period is not a number");
  }

  private static void refused(Dataset<Row> panel, Decomposition by, String why) {
    assertThatThrownBy(() -> by.estimate(panel, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(why);
  }
}
