package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * Two halves of a company whose means differ because their people do, and because the same people
 * are worth more in one of them. Teams share a shock, and a part of the covariate.
 *
 * @param isOfCells whether shares of jobs are compared, instead of a covariate's mean
 */
public record Composition(boolean isOfCells) implements Design {
  private static final int TEAMS = 80;
  private static final int PEOPLE = 6;
  private static final double[] INTERCEPTS = {1, 1.5};
  private static final double[] SLOPES = {2, 2.5};
  private static final double[] MEANS = {0, 0.5};
  private static final double[] SELLERS = {0.5, 0.7};
  private static final double SELLS = 2;

  @Override
  public String study() {
    return """
    study: composition
    panel: {path: drawn, unit: person}
    outcome: {column: y}
    %s
    cluster: [team]
    methods: [{estimator: decomposition, by: half, from: a, to: b, %s}]
    """
        .formatted(
            isOfCells ? "" : "covariates: [x]", isOfCells ? "cells: [job]" : "coefficients: from");
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of("person string, team string, half string, x double, job string, y double");
    for (int team = 0; team < TEAMS; team++) {
      int half = team % 2;
      double shock = 0.3 * random.nextGaussian();
      double shared = 0.5 * random.nextGaussian();
      for (int i = 0; i < PEOPLE; i++) {
        double x = MEANS[half] + shared + random.nextGaussian();
        boolean isSeller = random.nextDouble() < SELLERS[half];
        double slope = SLOPES[half] + 0.3 * random.nextGaussian();
        double y =
            INTERCEPTS[half]
                + (isOfCells ? (isSeller ? SELLS : 0) : slope * x)
                + shock
                + random.nextGaussian();
        rows.add(
            Teams.person(team, i),
            Teams.name(team),
            half == 0 ? "a" : "b",
            x,
            isSeller ? "seller" : "clerk",
            y);
      }
    }
    if (isOfCells) {
      return rows.with(
          Truth.of("kitagawa", "composition", (SELLERS[1] - SELLERS[0]) * SELLS),
          Truth.of("kitagawa", "rate", INTERCEPTS[1] - INTERCEPTS[0]));
    }
    return rows.with(
        Truth.of("twofold", "explained", (MEANS[1] - MEANS[0]) * SLOPES[0]),
        Truth.of(
            "twofold",
            "unexplained",
            INTERCEPTS[1] - INTERCEPTS[0] + (SLOPES[1] - SLOPES[0]) * MEANS[1]));
  }
}
