package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * Half of the teams is treated, from period 3 or from period 5 on. Effects differ between people
 * and have one mean in all cohorts and periods, as two-way fixed effects need it.
 *
 * @param more further keys of the method
 */
public record Absorbed(String more, int teams, int people) implements Design {
  private static final int PERIODS = 6;
  private static final double EFFECT = 1;

  @Override
  public String study() {
    return """
    study: absorbed
    panel: {path: drawn, unit: person, period: period}
    outcome: {column: y}
    cluster: [team]
    methods: [{estimator: fixed_effects, regressors: [trained], absorb: [person, period]%s}]
    seed: 1
    """
        .formatted(more);
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows = Sample.of("person string, team string, period int, trained int, y double");
    for (int team = 0; team < teams; team++) {
      int from = Teams.trainedFrom(team);
      double[] shocks = random.doubles(PERIODS + 1).toArray();
      double slope = 0.1 * random.nextGaussian();
      for (int i = 0; i < people; i++) {
        double level = random.nextGaussian();
        double gain = EFFECT + 0.5 * random.nextGaussian();
        for (int t = 1; t <= PERIODS; t++) {
          int trained = t >= from ? 1 : 0;
          double y =
              level + 0.2 * t + slope * t + shocks[t] + trained * gain + random.nextGaussian();
          rows.add(Teams.person(team, i), Teams.name(team), t, trained, y);
        }
      }
    }
    return rows.with(Truth.of("coefficient", "trained", EFFECT));
  }
}
