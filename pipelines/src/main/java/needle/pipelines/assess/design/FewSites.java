package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * Sites that share a wandering factor, each to its own degree, of which the first are treated from
 * period 13 on.
 *
 * @param treated sites with an effect, which differs between them
 * @param drift by which the treated move away per period, treated or not
 */
public record FewSites(String inference, int treated, int controls, double effect, double drift)
    implements Design {

  private static final int PERIODS = 18;
  private static final int FROM = 13;

  static FewSites asked(String inference, int treated, int controls) {
    return new FewSites(inference, treated, controls, 1, 0);
  }

  FewSites without() {
    return new FewSites(inference, treated, controls, 0, drift);
  }

  FewSites drifting(double perPeriod) {
    return new FewSites(inference, treated, controls, 0, perPeriod);
  }

  @Override
  public String study() {
    return """
    study: few_sites
    panel: {path: drawn, unit: site, period: period}
    outcome: {column: y, good: up, smallest_effect_of_interest: 0.2}
    treatment: {adopted: adopted}
    methods: [{estimator: synthetic_did, inference: %s}]
    seed: 1
    """
        .formatted(inference);
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows = Sample.of("site string, period int, adopted int, y double");
    double[] factor = new double[PERIODS + 1];
    for (int t = 1; t <= PERIODS; t++) {
      factor[t] = factor[t - 1] + 0.3 * random.nextGaussian();
    }
    for (int site = 0; site < treated + controls; site++) {
      boolean isTreated = site < treated;
      double level = 2 * random.nextGaussian();
      double degree = 0.5 + random.nextDouble();
      // Placebos know nothing of how effects differ, so the effects' mean is fixed: one by site.
      double gain = effect * (treated == 1 ? 1 : 0.8 + 0.4 * site / (treated - 1));
      for (int t = 1; t <= PERIODS; t++) {
        double y =
            level
                + degree * factor[t]
                + 0.5 * random.nextGaussian()
                + (isTreated ? drift * t + (t >= FROM ? gain : 0) : 0);
        rows.add("s" + site, t, isTreated ? FROM : null, y);
      }
    }
    return rows.with(Truth.of("simple", "simple", effect));
  }
}
