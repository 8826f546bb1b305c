package needle.pipelines.assess.design;

import java.util.random.RandomGenerator;

/**
 * Quarters with a season and a trend, moved by shocks that all people share; a third of the people
 * was trained early. What should be found is the mean of the quarter that was not yet seen.
 */
public record NextPeriod() implements Design {
  private static final int PEOPLE = 30;
  private static final int PERIODS = 44;

  @Override
  public String study() {
    return """
    study: next_period
    panel: {path: drawn, unit: person, period: period}
    outcome: {column: y}
    treatment: {adopted: adopted}
    methods: [{estimator: forecast, horizon: 1, cycle: 4}]
    """;
  }

  @Override
  public Sample draw(RandomGenerator random) {
    Sample.Draft rows = Sample.of("person string, period int, adopted int, y double");
    double toCome = 0;
    for (int t = 1; t <= PERIODS + 1; t++) {
      double common = 0.5 * (t % 4) + 0.05 * t + 0.5 * random.nextGaussian();
      for (int person = 0; person < PEOPLE; person++) {
        Integer adopted = person % 3 == 0 ? 4 : null;
        double y = common + (person % 3 == 0 && t >= 4 ? 1 : 0) + random.nextGaussian();
        if (t <= PERIODS) {
          rows.add("p" + person, t, adopted, y);
        } else {
          toCome += y / PEOPLE;
        }
      }
    }
    return rows.with(Truth.of("prediction", "without", toCome));
  }
}
