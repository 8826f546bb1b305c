package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * Counts over hours, or successes among trials, of teams of which each is trained as a whole with a
 * probability of one half. The mean per hour is exponential, and a trial's chance logistic, in two
 * covariates and in training; a team shares what its people's outcomes vary by, and no mean.
 *
 * @param effect by which the coefficient of training is multiplied
 * @param gap between the means of the first covariate of the trained and of the others
 * @param teams how many there are
 */
public record Linked(boolean isOfCounts, double effect, double gap, int teams) implements Design {
  private static final int PEOPLE = 600;
  private static final double COEFFICIENT = 0.6;
  private static final double BY_COVARIATE = 0.4;
  private static final double BY_OTHER = 0.3;
  private static final double SHARED = 0.3;
  private static final double LUCK = 0.2;

  static Linked asked(boolean isOfCounts) {
    return new Linked(isOfCounts, 1, 1, 100);
  }

  Linked without() {
    return new Linked(isOfCounts, 0, gap, teams);
  }

  Linked apart(double means) {
    return new Linked(isOfCounts, effect, means, teams);
  }

  Linked in(int sites) {
    return new Linked(isOfCounts, effect, gap, sites);
  }

  @Override
  public String study() {
    return """
    study: linked
    panel: {path: drawn, unit: person}
    outcome: {column: y, family: %s, good: up, smallest_effect_of_interest: %s}
    treatment: {exposed: trained}
    covariates: [x, z]
    cluster: [team]
    methods: [{estimator: glm}]
    """
        .formatted(
            isOfCounts ? "poisson, exposure: size" : "binomial, trials: size",
            isOfCounts ? 0.1 : 0.02);
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of(
            "person string, team string, trained int, x double, z double, size double, y double");
    double sizes = 0;
    double changes = 0;
    for (int team = 0; team < teams; team++) {
      int trained = Teams.trained(team, teams, random);
      // Of mean one.
      double shared = Math.exp(SHARED * random.nextGaussian() - SHARED * SHARED / 2);
      double luck = random.nextDouble();
      for (int i = 0; i < PEOPLE / teams; i++) {
        double x = gap * (trained - 0.5) + random.nextGaussian();
        double z = random.nextGaussian();
        double size = isOfCounts ? 1 + random.nextDouble() : 1 + random.nextInt(4);
        double untreated = BY_COVARIATE * x + BY_OTHER * z;
        double mean = mean(untreated + COEFFICIENT * effect * trained);
        double y =
            isOfCounts
                ? Counts.poisson(size * mean * shared, random)
                : successes((int) size, mean, luck, random);
        rows.add(Teams.person(team, i), Teams.name(team), trained, x, z, size, y);
        sizes += size;
        changes += size * (mean(untreated + COEFFICIENT * effect) - mean(untreated));
      }
    }
    // Of the people who were drawn, as the estimator takes their covariates as given.
    return rows.with(
        Truth.of("overall", "ate", changes / sizes),
        Truth.of("coefficient", "trained", COEFFICIENT * effect));
  }

  private double mean(double predictor) {
    return isOfCounts ? Math.exp(predictor) : 1 / (1 + Math.exp(-predictor));
  }

  // One trial in five has its team's luck, which leaves the chance what it is.
  private static double successes(int trials, double chance, double luck, RandomGenerator random) {
    int successes = 0;
    for (int trial = 0; trial < trials; trial++) {
      double own = random.nextDouble() < LUCK ? luck : random.nextDouble();
      successes += own < chance ? 1 : 0;
    }
    return successes;
  }
}
