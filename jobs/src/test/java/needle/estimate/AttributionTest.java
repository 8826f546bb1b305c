package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import needle.SparkTest;
import needle.estimate.EffectEstimate.Effect;
import needle.estimate.EffectEstimate.Status;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributionTest extends SparkTest {
  private static final StructType SCHEMA =
      StructType.fromDDL(
          "unit int, team int, month int, kpi double, coaching int, elearning int, job string");
  private static final List<String> PROGRAMS = List.of("coaching", "elearning");

  private Dataset<Row> table(List<Row> rows) {
    return session().createDataFrame(rows, SCHEMA);
  }

  private static StudyDesign.Draft design() {
    return StudyDesign.of("unit", "month", "kpi").clusteredBy("team");
  }

  private static Attribution attribution(String from, String to, String... segments) {
    return new Attribution(
        PROGRAMS, List.of(segments), GroupPair.Span.of(from), GroupPair.Span.of(to), false);
  }

  private static double noise(int i, int t, int k) {
    return (i * 7919 + t * 10473 + k * 12997) % 1000 / 1000.0;
  }

  /** People come and go, move between jobs, and overlap in two programs that add to each other. */
  private static List<Row> panel() {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int team = i / 3;
      int coached = i % 4 == 1 ? 5 : i % 4 == 2 ? 7 : 99;
      int learned = i % 3 == 0 ? 6 : 99;
      for (int t = i % 7 == 3 ? 6 : 1; t <= (i % 11 == 5 ? 8 : 12); t++) {
        int job = (i % 3 + (t > 6 && i % 8 == 0 ? 1 : 0)) % 3;
        Double y =
            5 * noise(i, 0, 1)
                + 2 * noise(team, t, 2)
                + Math.sin(t)
                + 3 * noise(i, t, 3)
                + (t >= coached ? 1.5 + 0.1 * (t - coached) : 0)
                + (t >= learned ? -0.7 : 0)
                + (t >= coached && t >= learned ? 0.4 : 0)
                + (i % 7 == 3 ? 2 : 0);
        rows.add(
            RowFactory.create(
                i,
                team,
                t,
                (i + t) % 17 == 0 ? null : y,
                t >= coached ? 1 : 0,
                t >= learned ? 1 : 0,
                "abc".substring(job, job + 1)));
      }
    }
    return rows;
  }

  private static void agrees(
      EffectEstimate estimate, String aggregation, String term, double amount, double error) {
    agrees(estimate.find(aggregation, term).orElseThrow(), amount, error);
  }

  private static void agrees(Effect found, double amount, double error) {
    assertThat(found.estimate()).as(found.term()).isCloseTo(amount, within(1e-9));
    assertThat(found.stdError()).as(found.term()).isCloseTo(error, within(1e-6 * error));
  }

  private static Effect effect(EffectEstimate estimate, String aggregation, String term, int e) {
    return estimate.effects().stream()
        .filter(x -> x.aggregation().equals(aggregation) && x.term().equals(term))
        .filter(x -> x.eventTime().equals(Optional.of(e)))
        .findFirst()
        .orElseThrow();
  }

  /**
   * By numpy 2.4.6, from the definition: least squares with a dummy for every unit and month on
   * untreated rows, effects averaged over treated ones, windows' means. Errors: the numerical
   * derivative of the whole by each cluster's weight (infinitesimal jackknife).
   */
  @Test
  void agreesWithDummiesAndAJackknife() {
    EffectEstimate found =
        attribution("2..4", "10..12", "job").estimate(table(panel()), design().build());
    agrees(found, "contribution", "total", 0.333572378744, 0.1321868996);
    agrees(found, "contribution", "coaching", 1.098681564386, 0.0814149257);
    agrees(found, "contribution", "elearning", -0.198666243792, 0.0506959338);
    agrees(found, "contribution", "mix", 0.335078595390, 0.0717573434);
    agrees(found, "contribution", "common", -0.921931150604, 0.1363248407);
    agrees(found, "contribution", "unexplained", 0.020409613364, 0.0183378186);
    agrees(found, "mix", "entries", 0.277618301845, 0.0604447767);
    agrees(found, "mix", "exits", 0.045635722812, 0.0376365563);
    agrees(found, "mix", "presence", 0.011824570733, 0.0281101732);
    agrees(found, "mix", "between_segments", -0.001088519621, 0.0046864796);
    agrees(found, "mix", "within_segments", 0.336167115011, 0.0715894242);
    agrees(found, "mix_segment", "b", -0.000719645859, 0.0030723385);
    agrees(found, "reached_share", "coaching", 0.5, 0.0236852920);
    agrees(found, "interaction", "coaching + elearning", 0.391892808191, 0.2155069253);
    agrees(effect(found, "event_time", "coaching", 0), 1.274746000870, 0.1451499371);
    agrees(effect(found, "event_time", "coaching", 7), 2.504162679788, 0.2232178776);
    agrees(effect(found, "event_time", "elearning", 6), -0.496579589426, 0.1844859819);
    assertThat(found.diagnosticValue("overlap", "share_never_seen_untreated").orElseThrow())
        .isCloseTo(0.11370262390670553, within(1e-12));
    EffectEstimate.Diagnostic leads = found.diagnostic("pre_trend", "wald").orElseThrow();
    assertThat(leads.value()).isCloseTo(2.3057462988, within(1e-6));
    assertThat(leads.pValue()).isCloseTo(0.5296038467, within(1e-6));
    assertThat(leads.status()).isEqualTo(Status.PASS);
    assertThat(found.headline().term()).isEqualTo("total");
    assertThat(found.headline().clusters()).isEqualTo(67);
    Intervals.ofStudent(found.headline(), 66, 1.9965644189523);
    Intervals.ofStudent(found.find("contribution", "elearning").orElseThrow(), 66, 1.9965644189523);
  }

  @ParameterizedTest
  @CsvSource({"1, 0.0", "2, 0.1", "3, 0.3", "4, 0.2"})
  void partsAddUpWhateverThePanel(long seed, double gaps) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (Row row : panel()) {
      if (random.nextDouble() >= gaps) {
        Double y = row.isNullAt(3) ? null : 1000 + row.getDouble(3) * random.nextGaussian();
        rows.add(
            RowFactory.create(
                row.get(0), row.get(1), row.get(2), y, row.get(4), row.get(5), row.get(6)));
      }
    }
    EffectEstimate found =
        attribution("1..5", "9..12", "job").estimate(table(rows), design().build());
    double total = found.headline().estimate();
    double parts = 0;
    for (String term : List.of("coaching", "elearning", "mix", "common", "unexplained")) {
      parts += found.find("contribution", term).orElseThrow().estimate();
    }
    assertThat(parts).isCloseTo(total, within(1e-12 * 1000));
    double mix = found.find("contribution", "mix").orElseThrow().estimate();
    double people = 0;
    double segments = 0;
    for (Effect effect : found.effects()) {
      if (effect.aggregation().equals("mix")) {
        people += effect.term().endsWith("_segments") ? 0 : effect.estimate();
        segments += effect.term().endsWith("_segments") ? effect.estimate() : 0;
      }
    }
    assertThat(people).isCloseTo(mix, within(1e-9));
    assertThat(segments).isCloseTo(mix, within(1e-9));
    assertThat(total).isCloseTo(mean(rows, 9, 12) - mean(rows, 1, 5), within(1e-9));
  }

  private static double mean(List<Row> rows, int first, int last) {
    return rows.stream()
        .filter(r -> !r.isNullAt(3) && r.getInt(2) >= first && r.getInt(2) <= last)
        .mapToDouble(r -> r.getDouble(3))
        .average()
        .orElseThrow();
  }

  /** Shapley's formula, over all orders in which programs could have come. */
  @Test
  void equalSharesOfInteractionsAreShapleyValues() {
    Random random = new Random(5);
    int programs = 6;
    long[] sets = new long[] {0b11, 0b101, 0b1010, 0b110100, 0b111, 0b101110, 0b111111};
    ProgramTerms terms = new ProgramTerms(new int[] {1, 1, 1, 1, 1, 1}, sets);
    double[] effects = random.doubles(terms.size(), -1, 1).toArray();
    int all = 0b111111;
    double efficient = 0;
    for (int p = 0; p < programs; p++) {
      double shapley = 0;
      for (int others = 0; others <= all; others++) {
        if ((others >> p & 1) == 0) {
          int size = Integer.bitCount(others);
          double weight = factorial(size) * factorial(programs - size - 1) / factorial(programs);
          shapley +=
              weight * (value(terms, effects, others | 1 << p) - value(terms, effects, others));
        }
      }
      double share = 0;
      for (int k = 0; k < terms.size(); k++) {
        share += terms.share(p, k) * effects[k];
      }
      assertThat(share).isCloseTo(shapley, within(1e-12));
      efficient += share;
    }
    assertThat(efficient).isCloseTo(value(terms, effects, all), within(1e-12));
  }

  private static double factorial(int n) {
    return n < 2 ? 1 : n * factorial(n - 1);
  }

  private static double value(ProgramTerms terms, double[] effects, int set) {
    int[] first = new int[terms.programs()];
    for (int p = 0; p < first.length; p++) {
      first[p] = (set >> p & 1) == 1 ? 1 : UnitHistory.NEVER;
    }
    ExposedUnit unit =
        new ExposedUnit(
            0, "u", "c", new int[] {1}, new double[] {0}, first, new int[] {-1}, 1, null);
    double sum = 0;
    for (int term : terms.of(unit, 0)) {
      sum += effects[term];
    }
    return sum;
  }

  /**
   * Sixty teams with shocks of their own; half are coached from month 5 and, apart from that, half
   * learn from month 6; teams founded in month 7 are better by 2. The truth is what is expected of
   * teams drawn like this.
   */
  private static List<Row> company(long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int team = 0; team < 60; team++) {
      boolean isNew = random.nextDouble() < 0.3;
      int coached = random.nextDouble() < 0.5 ? 8 : 99;
      int learned = random.nextDouble() < 0.5 ? 9 : 99;
      double level = (isNew ? 2 : 0) + random.nextGaussian();
      for (int i = 0; i < 4; i++) {
        double own = level + random.nextGaussian();
        for (int t = isNew ? 7 : 1; t <= 12; t++) {
          double y =
              own
                  + 0.2 * t
                  + random.nextGaussian()
                  + (t >= coached ? 1.0 + 0.1 * (t - coached) : 0)
                  + (t >= learned ? 0.5 : 0)
                  + (t >= coached && t >= learned ? -0.4 : 0);
          rows.add(
              RowFactory.create(
                  team * 4 + i, team, t, y, t >= coached ? 1 : 0, t >= learned ? 1 : 0, "a"));
        }
      }
    }
    return rows;
  }

  @Test
  void nineteenOfTwentyIntervalsHoldWhatWasPlanted() {
    // Months 11 and 12 against 2 and 3: the effect on the coached is 1.35 on average.
    List<String> terms = List.of("total", "coaching", "elearning", "mix", "common", "unexplained");
    double[] truth = {0, 0.5 * 1.35 - 0.25 * 0.2, 0.5 * 0.5 - 0.25 * 0.2, 0.6, 0.2 * 9, 0};
    truth[0] = truth[1] + truth[2] + truth[3] + truth[4];
    int samples = 40;
    int[] inside = new int[terms.size()];
    double[] sums = new double[terms.size()];
    for (int seed = 0; seed < samples; seed++) {
      EffectEstimate found =
          attribution("2..3", "11..12").estimate(table(company(seed)), design().build());
      for (int m = 0; m < truth.length; m++) {
        Effect part = found.find("contribution", terms.get(m)).orElseThrow();
        inside[m] += part.ciLow() <= truth[m] && truth[m] <= part.ciHigh() ? 1 : 0;
        sums[m] += part.estimate();
      }
    }
    for (int m = 0; m < truth.length; m++) {
      assertThat(inside[m]).as(terms.get(m)).isBetween(33, 40);
      assertThat(sums[m] / samples).as(terms.get(m)).isCloseTo(truth[m], within(0.12));
    }
  }

  @Test
  void programsThatCannotBeToldApartHaveOnePart() {
    List<Row> rows = new ArrayList<>();
    for (Row row : panel()) {
      rows.add(
          RowFactory.create(
              row.get(0), row.get(1), row.get(2), row.get(3), row.get(4), row.get(4), "a"));
    }
    EffectEstimate found = attribution("2..4", "10..12").estimate(table(rows), design().build());
    Effect joint = found.find("contribution", "coaching + elearning").orElseThrow();
    Effect alone =
        new Attribution(
                List.of("coaching"),
                List.of(),
                GroupPair.Span.of("2..4"),
                GroupPair.Span.of("10..12"),
                false)
            .estimate(table(rows), design().build())
            .find("contribution", "coaching")
            .orElseThrow();
    assertThat(joint.estimate()).isCloseTo(alone.estimate(), within(1e-10));
    assertThat(joint.stdError()).isCloseTo(alone.stdError(), within(1e-10));
    assertThat(found.find("contribution", "coaching")).isEmpty();
    assertThat(found.diagnostic("identification", "coaching + elearning").orElseThrow().status())
        .isEqualTo(Status.WARNING);
  }

  @Test
  void whereEverybodyStaysThereIsNoMix() {
    EffectEstimate found =
        attribution("7..8", "11..12", "job")
            .estimate(
                table(panel()).where("kpi is not null and unit % 11 != 5 and unit % 17 > 11"),
                design().build());
    Effect mix = found.find("contribution", "mix").orElseThrow();
    assertThat(mix.estimate()).isCloseTo(0, within(1e-12));
    assertThat(mix.stdError()).isNaN();
    assertThat(mix.pValue()).isNaN();
  }

  @Test
  void aDipBeforeAProgramIsSeen() {
    String coached = "case unit % 4 when 1 then 5 when 2 then 7 else 99 end";
    Dataset<Row> dipped =
        table(panel())
            .withColumn("elearning", org.apache.spark.sql.functions.expr("0"))
            .withColumn(
                "kpi",
                org.apache.spark.sql.functions.expr("kpi - 2 * int(month = " + coached + " - 1)"));
    Attribution coaching =
        new Attribution(
            List.of("coaching"),
            List.of(),
            GroupPair.Span.of("1..3"),
            GroupPair.Span.of("10..12"),
            false);
    assertThat(
            coaching
                .estimate(dipped, design().build())
                .diagnostic("pre_trend", "wald")
                .orElseThrow()
                .status())
        .isEqualTo(Status.FAIL);
    // With one period before, there is no movement to be seen.
    Dataset<Row> late = dipped.where("month >= 6 and (unit % 4 != 1)");
    EffectEstimate found =
        new Attribution(
                List.of("coaching"),
                List.of(),
                GroupPair.Span.of("6"),
                GroupPair.Span.of("10..12"),
                false)
            .estimate(late, design().build());
    assertThat(found.diagnostic("pre_trend", "wald").orElseThrow().status())
        .isEqualTo(Status.WARNING);
    assertThat(found.diagnostic("pre_trend", "wald").orElseThrow().value()).isNaN();
  }

  @Test
  void effectsTakenOverFromOthersAreTold() {
    // Whoever came in month 6 was reached at once, and the first window has left.
    Dataset<Row> rows =
        table(panel())
            .where("month >= 6 and (unit % 7 = 3 or unit % 4 = 0 or unit < 4)")
            .withColumn(
                "coaching",
                org.apache.spark.sql.functions.expr(
                    "if(unit % 7 = 3 or unit % 4 = 1 and month > 8, 1, 0)"))
            .withColumn("elearning", org.apache.spark.sql.functions.expr("0"));
    EffectEstimate found =
        new Attribution(
                List.of("coaching"),
                List.of(),
                GroupPair.Span.of("6..7"),
                GroupPair.Span.of("11..12"),
                true)
            .estimate(rows, design().build());
    assertThat(found.diagnostic("overlap", "share_never_seen_untreated").orElseThrow().status())
        .isEqualTo(Status.FAIL);
    assertThat(found.diagnostic("units", "reached_by_coaching").orElseThrow().status())
        .isEqualTo(Status.FAIL);
  }

  @Test
  void aFixedLagBetweenProgramsIsNotTakenApart() {
    // Everybody coached learns two months later: its later months are those of the other's.
    List<Row> rows = new ArrayList<>();
    for (Row row : panel()) {
      int i = row.getInt(0);
      int coached = i % 4 == 1 ? 5 : i % 4 == 2 ? 7 : 99;
      int month = row.getInt(2);
      rows.add(
          RowFactory.create(
              i,
              row.get(1),
              month,
              row.get(3),
              month >= coached ? 1 : 0,
              month >= coached + 2 ? 1 : 0,
              "a"));
    }
    EffectEstimate found = attribution("2..4", "10..12").estimate(table(rows), design().build());
    assertThat(found.find("contribution", "coaching + elearning")).isPresent();
    // With effects that last alike, the lag tells them apart.
    EffectEstimate lasting =
        new Attribution(
                PROGRAMS, List.of(), GroupPair.Span.of("2..4"), GroupPair.Span.of("10..12"), true)
            .estimate(table(rows), design().build());
    assertThat(lasting.find("contribution", "elearning")).isPresent();
    assertThat(lasting.diagnostic("interactions", "share_assumed_additive").orElseThrow().message())
        .contains("no program changes what the others do in coaching + elearning");
  }

  @Test
  void theLayoutChangesNoBit() {
    Dataset<Row> rows = table(panel());
    Attribution attribution = attribution("2..4", "10..12", "job");
    assertThat(attribution.estimate(rows.repartition(7), design().build()).effects())
        .isEqualTo(attribution.estimate(rows.coalesce(1), design().build()).effects());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "elearning = if(month > 6, 1, elearning)    | no control group in period 10",
        "coaching = 0                               | Nobody took coaching",
        "coaching = if(unit < 20, 1, 0)             | coaching has no control group",
        "elearning = if(month = 11, 0, elearning)   | exposed and later not",
        "elearning = 2                              | neither 0 nor 1",
        "elearning = cast(null as int)              | do not say whether",
        "month = if(unit = 5, 1, month)             | repeat a unit and period",
        "month = month + 0.5                        | no whole-numbered period",
        "month = month + 50                         | no outcome was observed in 2..4",
        "kpi = if(unit = 5, double('NaN'), kpi)     | NaN or infinite",
        "team = if(month > 3, 1, team)              | change their cluster",
        "team = if(month > 3, null, team)           | have no cluster",
        "team = 1                                   | one cluster only",
        "unit = if(unit = 5, null, unit)            | have no unit",
        "job = string(unit)                         | too many segments"
      })
  void whatCannotBeAttributedIsRefused(String change, String said) {
    String[] parts = change.split(" = ", 2);
    Dataset<Row> changed =
        table(panel()).withColumn(parts[0], org.apache.spark.sql.functions.expr(parts[1]));
    Attribution attribution = attribution("2..4", "10..12", "job");
    assertThatThrownBy(() -> attribution.estimate(changed, design().build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining(said);
  }

  @Test
  void spansAndProgramsThatCannotBeAreFaults() {
    assertThatThrownBy(() -> attribution("1..4", "4..8"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("overlap");
    assertThatThrownBy(() -> attribution("4..1", "5..8"))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("ends before it begins");
    assertThatThrownBy(
            () ->
                new Attribution(
                    List.of(), List.of(), GroupPair.Span.of("1"), GroupPair.Span.of("2"), false))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("nothing to attribute");
    assertThatThrownBy(
            () ->
                new Attribution(
                    List.of("a", "a"),
                    List.of(),
                    GroupPair.Span.of("1"),
                    GroupPair.Span.of("2"),
                    false))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("stands twice");
    assertThatThrownBy(
            () ->
                attribution("1", "2")
                    .estimate(table(panel()), StudyDesign.of("unit", "kpi").build()))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("has no time");
  }
}
