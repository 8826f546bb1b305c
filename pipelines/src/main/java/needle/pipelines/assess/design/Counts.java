package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * Counts per hours, more dispersed than Poisson: teams share in every period what multiplies their
 * rates. Half of the teams is treated from period 3 or 5 on, which multiplies rates by exp(0.3).
 */
public record Counts() implements Design {
  private static final int TEAMS = 60;
  private static final int PEOPLE = 4;
  private static final int PERIODS = 6;
  private static final double LOG_RATIO = 0.3;
  private static final double SHARED = 0.4;

  @Override
  public String study() {
    return """
    study: counts
    panel: {path: drawn, unit: person, period: period}
    outcome: {column: y, family: poisson, exposure: hours}
    cluster: [team]
    methods: [{estimator: poisson_fixed_effects, regressors: [trained], absorb: [person, period]}]
    """;
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of("person string, team string, period int, trained int, hours double, y double");
    for (int team = 0; team < TEAMS; team++) {
      int from = Teams.trainedFrom(team);
      double[] shared = new double[PERIODS + 1];
      for (int t = 1; t <= PERIODS; t++) {
        // Of mean one.
        shared[t] = Math.exp(SHARED * random.nextGaussian() - SHARED * SHARED / 2);
      }
      for (int i = 0; i < PEOPLE; i++) {
        double level = 0.5 * random.nextGaussian();
        for (int t = 1; t <= PERIODS; t++) {
          int trained = t >= from ? 1 : 0;
          double hours = 1 + random.nextDouble();
          double rate = Math.exp(0.5 + level + 0.1 * (t % 3) + LOG_RATIO * trained) * shared[t];
          rows.add(
              Teams.person(team, i),
              Teams.name(team),
              t,
              trained,
              hours,
              (double) poisson(hours * rate, random));
        }
      }
    }
    return rows.with(Truth.of("coefficient", "trained", LOG_RATIO));
  }

  /** Arrivals with exponential gaps within one unit of time. */
  static int poisson(double mean, RandomGenerator random) {
    int arrivals = -1;
    for (double time = 0; time < mean; arrivals++) {
      time += random.nextExponential();
    }
    return arrivals;
  }
}
