package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * A line of 60 periods around which a part of each deviation carries over to the next period, with
 * a step and a bend from period 41 on.
 */
public record OneSeries(double effect) implements Design {
  private static final int PERIODS = 60;
  private static final int FROM = 41;
  private static final double CARRIES_OVER = 0.3;
  private static final double BEND = 0.02;

  @Override
  public String study() {
    return """
    study: one_series
    panel: {path: drawn, unit: site, period: period}
    outcome: {column: y, good: up, smallest_effect_of_interest: 0.2}
    treatment: {adopted: adopted}
    methods: [{estimator: interrupted_series}]
    """;
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows = Sample.of("site string, period int, adopted int, y double");
    double deviation = random.nextGaussian() / Math.sqrt(1 - CARRIES_OVER * CARRIES_OVER);
    for (int t = 1; t <= PERIODS; t++) {
      double gain = t < FROM ? 0 : effect * (2 + BEND * (t - FROM));
      for (int site = 0; site < 3; site++) {
        rows.add("s" + site, t, FROM, 10 + site + 0.05 * t + gain + deviation);
      }
      deviation = CARRIES_OVER * deviation + random.nextGaussian();
    }
    double steps = PERIODS - FROM;
    return rows.with(
        Truth.of("simple", "simple", effect * (2 + BEND * steps / 2)),
        Truth.of("coefficient", "trend_change", effect * BEND));
  }
}
