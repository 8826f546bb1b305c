package needle.pipelines.assess.design;

import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Times until somebody leaves, or is promoted, at constant hazards that a covariate of 0 and 1 and
 * the team multiply. Teams are trained as wholes; following ends at random and after 24 months.
 *
 * @param effect by which training divides the logarithm of the hazard of leaving, times one half
 * @param gap between the shares of the trained and of the others who have the covariate
 */
public record Careers(boolean hasCauses, String estimand, double effect, double gap, int teams)
    implements Design {

  private static final int PEOPLE = 600;
  private static final double UNTIL = 12;
  private static final double LEAVES = 0.08;
  private static final double PROMOTED = 0.04;
  private static final double LOST = 0.03;
  private static final double FOLLOWED = 24;
  private static final double[] SHARED = {0.6, 1.4};

  static Careers asked(boolean hasCauses, String estimand) {
    return new Careers(hasCauses, estimand, 1, 0.3, 100);
  }

  Careers without() {
    return new Careers(hasCauses, estimand, 0, gap, teams);
  }

  Careers apart(double shares) {
    return new Careers(hasCauses, estimand, effect, shares, teams);
  }

  Careers in(int sites) {
    return new Careers(hasCauses, estimand, effect, gap, sites);
  }

  @Override
  public String study() {
    return """
    study: careers
    panel: {path: drawn, unit: person}
    outcome: {family: duration, end: months, event: event%s, good: %s, smallest_effect_of_interest: %s}
    treatment: {exposed: trained}
    covariates: [x]
    cluster: [team]
    methods: [{estimator: %s, until: 12, estimand: %s}]
    """
        .formatted(
            hasCauses ? ", cause: 1" : "",
            hasCauses ? "down" : "up",
            hasCauses ? 0.03 : 0.3,
            hasCauses ? "cumulative_incidence" : "weighted_survival",
            estimand);
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of("person string, team string, trained int, x int, months double, event int");
    for (int team = 0; team < teams; team++) {
      int trained = Teams.trained(team, teams, random);
      double shared = SHARED[random.nextInt(SHARED.length)];
      for (int i = 0; i < PEOPLE / teams; i++) {
        int x = random.nextDouble() < share(trained) ? 1 : 0;
        double leaves = random.nextExponential() / leaving(trained, x, shared);
        double promoted = hasCauses ? random.nextExponential() / PROMOTED : FOLLOWED;
        double lost = Math.min(random.nextExponential() / LOST, FOLLOWED);
        double end = Math.min(Math.min(leaves, promoted), lost);
        int event = end == lost ? 0 : end == leaves ? 1 : 2;
        rows.add(Teams.person(team, i), Teams.name(team), trained, x, end, event);
      }
    }
    return rows.with(
        hasCauses
            ? Truth.of("incidence", "difference", contrast(this::hasLeft))
            : Truth.of("restricted_mean", "difference", contrast(this::stays)));
  }

  private double share(int trained) {
    return 0.5 + gap * (trained - 0.5);
  }

  private double leaving(int trained, int x, double shared) {
    return LEAVES * Math.exp(0.7 * x - 0.5 * effect * trained) * shared;
  }

  /** The area below the exponential curve. */
  private double stays(double hazard) {
    return (1 - Math.exp(-hazard * UNTIL)) / hazard;
  }

  /** Those who have left by then, as some are promoted before. */
  private double hasLeft(double hazard) {
    double any = hazard + PROMOTED;
    return hazard / any * (1 - Math.exp(-any * UNTIL));
  }

  // Standardised to the covariate's share among all, or among the trained.
  private double contrast(DoubleUnaryOperator curve) {
    double ones = estimand.equals("att") ? share(1) : 0.5;
    double difference = 0;
    for (int x = 0; x < 2; x++) {
      for (double shared : SHARED) {
        double weight = (x == 1 ? ones : 1 - ones) / SHARED.length;
        difference +=
            weight
                * (curve.applyAsDouble(leaving(1, x, shared))
                    - curve.applyAsDouble(leaving(0, x, shared)));
      }
    }
    return difference;
  }
}
