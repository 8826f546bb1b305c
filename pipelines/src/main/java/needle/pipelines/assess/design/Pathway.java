package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * Training of whole teams moves a behaviour, and both move the outcome, the behaviour more with
 * training. Teams share a shock of the behaviour and another of the outcome.
 */
public record Pathway() implements Design {
  private static final int TEAMS = 100;
  private static final int PEOPLE = 5;
  private static final double USUAL = 0.2;
  private static final double MOVES = 0.8;
  private static final double DIRECT = 0.5;
  private static final double BEHAVIOUR = 0.6;
  private static final double TOGETHER = 0.3;

  @Override
  public String study() {
    return """
    study: pathway
    panel: {path: drawn, unit: person}
    outcome: {column: y}
    treatment: {exposed: trained}
    covariates: [x]
    cluster: [team]
    methods: [{estimator: mediation, mediator: calls, measured: after}]
    """;
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows =
        Sample.of("person string, team string, trained int, x double, calls double, y double");
    for (int team = 0; team < TEAMS; team++) {
      int trained = random.nextInt(2);
      double ofCalls = 0.4 * random.nextGaussian();
      double ofOutcome = 0.4 * random.nextGaussian();
      for (int i = 0; i < PEOPLE; i++) {
        double x = 0.5 * trained - 0.25 + random.nextGaussian();
        double calls = USUAL + MOVES * trained + 0.5 * x + ofCalls + random.nextGaussian();
        double y =
            DIRECT * trained
                + (BEHAVIOUR + TOGETHER * trained) * calls
                + 0.3 * x
                + ofOutcome
                + random.nextGaussian();
        rows.add(Teams.person(team, i), Teams.name(team), trained, x, calls, y);
      }
    }
    // Means over both arms of Imai, Keele & Tingley 2010; the covariate's mean is zero.
    double indirect = MOVES * (BEHAVIOUR + TOGETHER / 2);
    double direct = DIRECT + TOGETHER * (USUAL + MOVES / 2);
    return rows.with(
        Truth.of("mediation", "indirect", indirect),
        Truth.of("mediation", "direct", direct),
        Truth.of("mediation", "total", indirect + direct));
  }
}
