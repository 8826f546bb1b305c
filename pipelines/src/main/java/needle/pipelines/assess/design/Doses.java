package needle.pipelines.assess.design;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Hours of training that a covariate partly decides: seven in ten get some, of which the logarithm
 * is normal about a line in the covariate. Training brings a step and a gain per hour.
 *
 * @param gap between the means of the covariate of the trained and of the others
 */
public record Doses(double effect, double gap, int teams) implements Design {
  private static final int PEOPLE = 900;
  private static final double TRAINED = 0.7;
  private static final double STEP = 0.5;
  private static final double PER_HOUR = 0.1;
  private static final double LOG_HOURS = Math.log(8);
  private static final double BY_COVARIATE = 0.3;
  private static final double SPREAD = 0.4;
  private static final List<Double> ASKED = List.of(5.0, 8.0, 14.0);

  static Doses asked() {
    return new Doses(1, 0.5, 90);
  }

  Doses without() {
    return new Doses(0, gap, teams);
  }

  Doses apart(double means) {
    return new Doses(effect, means, teams);
  }

  Doses in(int sites) {
    return new Doses(effect, gap, sites);
  }

  @Override
  public String study() {
    return """
    study: doses
    panel: {path: drawn, unit: person}
    outcome: {column: y, good: up, smallest_effect_of_interest: 0.2}
    treatment: {dose: hours}
    covariates: [x]
    cluster: [team]
    methods: [{estimator: dose_response, doses: [5, 8, 14]}]
    seed: 1
    """;
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows = Sample.of("person string, team string, hours double, x double, y double");
    for (int team = 0; team < teams; team++) {
      double shock = 0.3 * random.nextGaussian();
      for (int i = 0; i < PEOPLE / teams; i++) {
        boolean isTrained = random.nextDouble() < TRAINED;
        double x = (isTrained ? gap : 0) + random.nextGaussian();
        double hours =
            isTrained
                ? Math.exp(LOG_HOURS + BY_COVARIATE * (x - gap) + SPREAD * random.nextGaussian())
                : 0;
        double gain = isTrained ? curve(hours) + 0.3 * random.nextGaussian() * effect : 0;
        rows.add(
            Teams.person(team, i),
            Teams.name(team),
            hours,
            x,
            x + shock + gain + random.nextGaussian());
      }
    }
    // The mean of a lognormal.
    double meanHours = Math.exp(LOG_HOURS + (BY_COVARIATE * BY_COVARIATE + SPREAD * SPREAD) / 2);
    List<Truth> doses =
        ASKED.stream().map(d -> Truth.ofDose("dose_" + Math.round(d), d, curve(d))).toList();
    return rows.with(
        Stream.concat(Stream.of(Truth.of("overall", "average", curve(meanHours))), doses.stream())
            .toList(),
        doses);
  }

  private double curve(double hours) {
    return effect * (STEP + PER_HOUR * hours);
  }
}
