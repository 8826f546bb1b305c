package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * Two programs, one of which reaches four in ten teams from period 4 on and grows, while the other
 * reaches half of the people from period 5 on; their effects add up.
 */
public record Programs() implements Design {
  private static final int TEAMS = 80;
  private static final int PEOPLE = 4;
  private static final int PERIODS = 8;
  private static final double COACHED = 0.4;
  private static final double LEARNS = 0.5;
  private static final double LEARNED = 0.5;
  private static final double COMMON = 0.2;

  @Override
  public String study() {
    return """
    study: programs
    panel: {path: drawn, unit: person, period: period}
    outcome: {column: y}
    cluster: [team]
    methods: [{estimator: attribution, programs: [coaching, elearning], from: 1..2, to: 7..8}]
    """;
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of("person string, team string, period int, coaching int, elearning int, y double");
    for (int team = 0; team < TEAMS; team++) {
      boolean isCoached = random.nextDouble() < COACHED;
      double[] shocks = new double[PERIODS + 1];
      for (int t = 1; t <= PERIODS; t++) {
        shocks[t] = 0.3 * random.nextGaussian();
      }
      for (int i = 0; i < PEOPLE; i++) {
        boolean learns = random.nextDouble() < LEARNS;
        double level = random.nextGaussian();
        double gain = 0.3 * random.nextGaussian();
        for (int t = 1; t <= PERIODS; t++) {
          int coaching = isCoached && t >= 4 ? 1 : 0;
          int elearning = learns && t >= 5 ? 1 : 0;
          double y =
              level
                  + COMMON * t
                  + shocks[t]
                  + coaching * (coached(t) + gain)
                  + elearning * LEARNED
                  + random.nextGaussian();
          rows.add(Teams.person(team, i), Teams.name(team), t, coaching, elearning, y);
        }
      }
    }
    double coaching = COACHED * (coached(7) + coached(8)) / 2;
    double elearning = LEARNS * LEARNED;
    return rows.with(
        Truth.of("contribution", "coaching", coaching),
        Truth.of("contribution", "elearning", elearning),
        Truth.of("contribution", "common", COMMON * 6),
        Truth.of("contribution", "total", COMMON * 6 + coaching + elearning));
  }

  private static double coached(int t) {
    return 0.6 + 0.1 * (t - 4);
  }
}
