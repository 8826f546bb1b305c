package needle.pipelines.assess.design;

import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Hours of training that jobs and a covariate partly decide, and teams are given together. What an
 * hour brings differs by job and grows with the covariate; a team shares a shock.
 */
public record Slopes(int teams) implements Design {
  private static final int PEOPLE = 900;
  private static final List<String> JOBS = List.of("clerk", "nurse", "seller");
  private static final double PER_HOUR = 0.2;
  private static final double BY_JOB = 0.1;
  static final double BY_COVARIATE = 0.05;

  static Slopes asked() {
    return new Slopes(90);
  }

  @Override
  public String study() {
    return """
    study: slopes
    panel: {path: drawn, unit: person}
    outcome: {column: y}
    treatment: {dose: hours}
    covariates: [x, {name: job, factor: true}]
    cluster: [team]
    methods: [{estimator: heterogeneity, segments: [job], modifiers: [x]}]
    seed: 1
    """;
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of("person string, team string, hours double, x double, job string, y double");
    for (int team = 0; team < teams; team++) {
      double shock = 0.4 * random.nextGaussian();
      double together = 1.5 * random.nextGaussian();
      for (int i = 0; i < PEOPLE / teams; i++) {
        double x = random.nextGaussian();
        int job = random.nextInt(JOBS.size());
        double hours = 8 + 2 * job + x + together + 1.5 * random.nextGaussian();
        double perHour = PER_HOUR + BY_JOB * (job - 1) + BY_COVARIATE * x;
        double y = x + job + perHour * hours + shock + random.nextGaussian();
        rows.add(Teams.person(team, i), Teams.name(team), hours, x, JOBS.get(job), y);
      }
    }
    // Hours vary alike in all jobs and at every x, so that slopes are plain means.
    List<Truth> segments =
        List.of(
            Truth.ofSegment("job", JOBS.get(0), PER_HOUR - BY_JOB),
            Truth.ofSegment("job", JOBS.get(1), PER_HOUR),
            Truth.ofSegment("job", JOBS.get(2), PER_HOUR + BY_JOB));
    return rows.with(
        List.of(
            Truth.of("coefficient", "hours", PER_HOUR),
            segments.get(0),
            Truth.of("coefficient", "x", BY_COVARIATE)),
        segments);
  }
}
