package needle.pipelines.assess.design;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A cross-section of teams of which each is trained as a whole with a probability of one half. A
 * team shares a shock; effects differ between people, by a covariate and by job.
 *
 * @param effect the mean effect
 * @param gap between the means of the covariate of the trained and of the others, which also moves
 *     the outcome
 * @param teams how many there are
 * @param isUniform whether effects differ by nothing that is known of people
 */
public record Exposure(String method, double effect, double gap, int teams, boolean isUniform)
    implements Design {

  private static final int PEOPLE = 600;
  private static final List<String> JOBS = List.of("clerk", "nurse", "seller");
  private static final double BY_COVARIATE = 0.5;
  private static final double BY_JOB = 0.5;

  static Exposure asked(String method) {
    return new Exposure(method, 1, 1, 100, false);
  }

  Exposure uniform() {
    return new Exposure(method, effect, gap, teams, true);
  }

  Exposure without() {
    return new Exposure(method, 0, gap, teams, isUniform);
  }

  Exposure apart(double means) {
    return new Exposure(method, effect, means, teams, isUniform);
  }

  Exposure in(int sites) {
    return new Exposure(method, effect, gap, sites, isUniform);
  }

  @Override
  public String study() {
    return """
    study: exposure
    panel: {path: drawn, unit: person}
    outcome: {column: y, good: up, smallest_effect_of_interest: 0.2}
    treatment: {exposed: trained}
    %s
    cluster: [team]
    methods: [{%s}]
    seed: 1
    """
        .formatted(isByLot() ? "" : "covariates: [x, z]", method);
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of(
            "person string, team string, trained int, x double, z double, job string, y double");
    for (int team = 0; team < teams; team++) {
      int trained = Teams.trained(team, teams, random);
      double shock = 0.4 * random.nextGaussian();
      for (int i = 0; i < PEOPLE / teams; i++) {
        // Normal on both sides with one variance: the odds of training are logistic in it.
        double x = gap * (trained - 0.5) + random.nextGaussian();
        double z = random.nextGaussian();
        int job = random.nextInt(JOBS.size());
        double differs = isUniform ? 0 : BY_COVARIATE * x + BY_JOB * (job - 1);
        double gain = effect * (1 + differs + 0.5 * random.nextGaussian());
        double y = x + 0.5 * z + shock + trained * gain + random.nextGaussian();
        rows.add(Teams.person(team, i), Teams.name(team), trained, x, z, JOBS.get(job), y);
      }
    }
    return method.contains("heterogeneity") ? bySegment(rows) : rows.with(headline());
  }

  private boolean isByLot() {
    return method.contains("difference_in_means");
  }

  private Truth headline() {
    boolean isSlope = method.contains("ols") || method.contains("partially_linear");
    boolean isOfTrained = method.contains("att");
    double value = effect * (1 + (isOfTrained && !isUniform ? BY_COVARIATE * gap / 2 : 0));
    return isSlope
        ? Truth.of("coefficient", "trained", value)
        : Truth.of("overall", isOfTrained ? "att" : "ate", value);
  }

  private Sample bySegment(Sample.Draft rows) {
    List<Truth> segments =
        List.of(
            Truth.ofSegment("job", JOBS.get(0), effect * (1 - BY_JOB)),
            Truth.ofSegment("job", JOBS.get(1), effect),
            Truth.ofSegment("job", JOBS.get(2), effect * (1 + BY_JOB)));
    return rows.with(
        List.of(headline(), segments.get(0), Truth.of("coefficient", "x", effect * BY_COVARIATE)),
        segments);
  }
}
