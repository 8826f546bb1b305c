package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Times of people in teams, which are trained as wholes, with a hazard ratio (or ratio of odds per
 * period) that is known in spite of what the team shares.
 *
 * @param isDiscrete whether things happen in whole periods
 */
public record Hazards(boolean isDiscrete) implements Design {
  private static final int TEAMS = 80;
  private static final int PEOPLE = 6;
  private static final double LOG_RATIO = -0.5;
  private static final double BY_COVARIATE = 0.4;

  /** Of the positive stable law; 1 is nothing shared. */
  private static final double INDEX = 0.8;

  private static final int PERIODS = 8;
  private static final double CORRELATION = 0.3;
  private static final NormalDistribution NORMAL = new NormalDistribution();

  @Override
  public String study() {
    return """
    study: hazards
    panel: {path: drawn, unit: person}
    outcome: {family: duration, end: months, event: event}
    treatment: {exposed: trained}
    covariates: [x]
    cluster: [team]
    methods: [{estimator: %s}]
    """
        .formatted(isDiscrete ? "discrete_hazard" : "cox");
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of("person string, team string, trained int, x double, months double, event int");
    for (int team = 0; team < TEAMS; team++) {
      int trained = random.nextInt(2);
      double shared = stable(random);
      double[] shocks = new double[PERIODS + 1];
      for (int t = 1; t <= PERIODS; t++) {
        shocks[t] = random.nextGaussian();
      }
      for (int i = 0; i < PEOPLE; i++) {
        double x = random.nextGaussian();
        double predictor = LOG_RATIO * trained + BY_COVARIATE * x;
        double happens =
            isDiscrete
                ? period(predictor, shocks, random)
                : random.nextExponential() / (0.1 * Math.exp(predictor) * shared);
        double last = isDiscrete ? PERIODS : Math.min(20, random.nextExponential() * 30);
        rows.add(
            Teams.person(team, i),
            Teams.name(team),
            trained,
            x,
            Math.min(happens, last),
            happens <= last ? 1 : 0);
      }
    }
    // A stable frailty leaves hazards proportional, with coefficients times its index (Hougaard
    // 1986).
    return rows.with(
        Truth.of("coefficient", "trained", isDiscrete ? LOG_RATIO : INDEX * LOG_RATIO));
  }

  // Shocks are new in every period, so they tell nothing of who is left, and the odds are exact.
  private static double period(double predictor, double[] shocks, RandomGenerator random) {
    for (int t = 1; t <= PERIODS; t++) {
      double chance = 1 / (1 + Math.exp(-(-2 + 0.1 * t + predictor)));
      double latent =
          Math.sqrt(CORRELATION) * shocks[t] + Math.sqrt(1 - CORRELATION) * random.nextGaussian();
      if (NORMAL.cumulativeProbability(latent) < chance) {
        return t;
      }
    }
    return PERIODS + 1;
  }

  /** Of the law with Laplace transform exp(−s^index); Kanter 1975. */
  private static double stable(RandomGenerator random) {
    double angle = Math.PI * random.nextDouble();
    double exponential = random.nextExponential();
    return Math.sin(INDEX * angle)
        / Math.pow(Math.sin(angle), 1 / INDEX)
        * Math.pow(Math.sin((1 - INDEX) * angle) / exponential, (1 - INDEX) / INDEX);
  }
}
