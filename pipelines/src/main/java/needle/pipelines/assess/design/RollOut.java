package needle.pipelines.assess.design;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Teams that are trained one after the other: a quarter from period 4, a quarter from period 6, the
 * others never. A team shares a shock in every period and a slope of its own, effects differ by
 * cohort, by time since training and between people.
 *
 * @param method the method of the study file
 * @param effect by which all effects are multiplied
 * @param drift by which the trained move away from the others per period, trained or not
 * @param gap between the means of a covariate of the first cohort and of the never trained; the
 *     outcome grows with the covariate, so that trends are parallel given it alone
 * @param sites how many teams there are
 * @param isFollowed whether the same people are seen in every period
 */
public record RollOut(
    String method, double effect, double drift, double gap, int sites, boolean isFollowed)
    implements Design {

  private static final int PERIODS = 7;
  private static final int PEOPLE = 320;
  private static final int SITES = 80;
  private static final int NEVER = 0;
  private static final int FIRST = 4;
  private static final int SECOND = 6;
  private static final double PER_PERIOD = 0.2;
  private static final double OF_COVARIATE = 0.3;

  static RollOut asked(String method) {
    return new RollOut(method, 1, 0, 0, SITES, true);
  }

  RollOut without() {
    return new RollOut(method, 0, drift, gap, sites, isFollowed);
  }

  RollOut drifting(double perPeriod) {
    return new RollOut(method, 0, perPeriod, gap, sites, isFollowed);
  }

  RollOut apart(double means) {
    return new RollOut(method, effect, drift, means, sites, isFollowed);
  }

  RollOut in(int teams) {
    return new RollOut(method, effect, drift, gap, teams, isFollowed);
  }

  RollOut drawnAnew() {
    return new RollOut(method, effect, drift, gap, sites, false);
  }

  @Override
  public String study() {
    return """
    study: roll_out
    panel: {path: drawn, unit: person, period: period, followed: %s}
    outcome: {column: y, good: up, smallest_effect_of_interest: 0.2}
    treatment: {adopted: adopted}
    %s
    cluster: [team]
    methods: [{%s}]
    seed: 1
    """
        .formatted(isFollowed, gap == 0 ? "" : "covariates: [x]", method);
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of("person string, team string, period int, adopted int, x double, y double");
    double[] common =
        IntStream.rangeClosed(0, PERIODS).mapToDouble(t -> random.nextGaussian()).toArray();
    for (int team = 0; team < sites; team++) {
      int cohort = cohort(team, random);
      double slope = 0.1 * random.nextGaussian();
      double[] shocks =
          IntStream.rangeClosed(0, PERIODS).mapToDouble(t -> 0.4 * random.nextGaussian()).toArray();
      for (int i = 0; i < PEOPLE / sites; i++) {
        Person person = new Person(cohort, random);
        for (int t = 1; t <= PERIODS; t++) {
          if (!isFollowed) {
            person = new Person(cohort, random);
          }
          double y =
              common[t]
                  + slope * t
                  + shocks[t]
                  + (cohort == NEVER ? 0 : drift * t)
                  + person.outcome(t)
                  + random.nextGaussian();
          rows.add(
              Teams.person(team, i) + (isFollowed ? "" : "_" + t),
              Teams.name(team),
              t,
              cohort == NEVER ? null : cohort,
              person.x,
              y);
        }
      }
    }
    return rows.with(List.of(headline()), isPermuted() ? List.of() : leads());
  }

  /** One person's part in the outcome. */
  private final class Person {
    final int cohort;
    final double level;
    final double gain;
    final double x;

    Person(int cohort, RandomGenerator random) {
      this.cohort = cohort;
      level = random.nextGaussian();
      gain = 0.5 * random.nextGaussian();
      // Normal in every cohort with one variance: the odds of being trained are logistic in it.
      x = gap * (cohort == FIRST ? 1 : cohort == SECOND ? 0.5 : 0) + random.nextGaussian();
    }

    double outcome(int t) {
      double effectNow =
          cohort != NEVER && t >= cohort ? effect * (att(cohort, t - cohort) + gain) : 0;
      return level + (gap == 0 ? 0 : OF_COVARIATE * x * t) + effectNow;
    }
  }

  // Imputation and permutation take the sizes of cohorts as given, the others as drawn.
  private int cohort(int team, RandomGenerator random) {
    if (sites < 4) {
      return team == 0 ? FIRST : NEVER;
    }
    boolean isGiven = method.contains("imputation_did") || isPermuted();
    int place = isGiven ? team % 4 : random.nextInt(4);
    return place == 0 ? FIRST : place == 1 ? SECOND : NEVER;
  }

  // Which tells the headline alone, and no band.
  private boolean isPermuted() {
    return method.contains("permutation");
  }

  private static double att(int cohort, int since) {
    return (cohort == FIRST ? 1 : 0.6) + PER_PERIOD * since;
  }

  private Truth headline() {
    boolean isByCohort = method.contains("staggered_did");
    double first =
        IntStream.rangeClosed(FIRST, PERIODS)
            .mapToDouble(t -> att(FIRST, t - FIRST))
            .average()
            .orElseThrow();
    double second =
        IntStream.rangeClosed(SECOND, PERIODS)
            .mapToDouble(t -> att(SECOND, t - SECOND))
            .average()
            .orElseThrow();
    double early = PERIODS - FIRST + 1;
    double late = PERIODS - SECOND + 1;
    return isByCohort
        ? Truth.of("overall", "group", effect * (first + second) / 2)
        : Truth.of("simple", "simple", effect * (early * first + late * second) / (early + late));
  }

  // The band over time since training; only the first cohort was seen longer than the second.
  private List<Truth> leads() {
    return IntStream.rangeClosed(0, PERIODS - FIRST)
        .mapToObj(
            e ->
                Truth.of(
                    "event_time",
                    Integer.toString(e),
                    effect
                        * (e <= PERIODS - SECOND
                            ? (att(FIRST, e) + att(SECOND, e)) / 2
                            : att(FIRST, e))))
        .toList();
  }
}
