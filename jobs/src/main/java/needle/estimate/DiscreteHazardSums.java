package needle.estimate;

import java.io.Serializable;

/**
 * Gradient and information of a logistic regression on unit-periods, with an intercept for every
 * period. The intercepts meet only their own period, so that their part of the information is a
 * diagonal and its border.
 */
final class DiscreteHazardSums implements OrderedSums.Partial<Spell, DiscreteHazardSums> {
  private static final long serialVersionUID = 1L;

  /** The intercepts per period, then what all periods share. */
  record Model(EventTimes times, double[] means, double[] intercepts, double[] coefficients)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    void vector(Spell spell, int side, double[] into) {
      into[0] = side;
      for (int i = 1; i < into.length; i++) {
        into[i] = spell.covariates()[i - 1] - means[i - 1];
      }
    }

    double probability(int period, double[] z) {
      double logit = intercepts[period];
      for (int i = 0; i < z.length; i++) {
        logit += coefficients[i] * z[i];
      }
      return 1 / (1 + Math.exp(-logit));
    }
  }

  private final Model model;
  private final double[] z;
  private final int width;

  /** Per period: the gradient, the information, and its border with the shared coefficients. */
  final double[] periodScore;

  final double[] periodInformation;
  final double[][] border;

  /** Of the shared coefficients. */
  final double[] score;

  final double[] information;

  DiscreteHazardSums(Model model) {
    this.model = model;
    this.width = model.coefficients().length;
    this.z = new double[width];
    this.periodScore = new double[model.times().size()];
    this.periodInformation = new double[model.times().size()];
    this.border = new double[model.times().size()][width];
    this.score = new double[width];
    this.information = new double[width * width];
  }

  @Override
  public DiscreteHazardSums empty() {
    return new DiscreteHazardSums(model);
  }

  @Override
  public void add(Spell spell) {
    for (int side = 0; side < 2; side++) {
      int last = spell.isOn(side) ? model.times().last(spell.until(side)) : -1;
      model.vector(spell, side, z);
      for (int j = model.times().first(spell.begin(side)); j <= last; j++) {
        add(j, happens(model, spell, side, j));
      }
    }
  }

  /** Whether it happens in that period, of those in which the unit is at risk on that side. */
  static boolean happens(Model model, Spell spell, int side, int period) {
    return spell.happensOn(side) && model.times().times()[period] == spell.end();
  }

  private void add(int period, boolean happens) {
    double p = model.probability(period, z);
    double left = (happens ? 1 : 0) - p;
    double weight = p * (1 - p);
    periodScore[period] += left;
    periodInformation[period] += weight;
    for (int a = 0; a < width; a++) {
      score[a] += left * z[a];
      border[period][a] += weight * z[a];
      for (int b = 0; b < width; b++) {
        information[a * width + b] += weight * z[a] * z[b];
      }
    }
  }

  /** The information of the shared coefficients once the intercepts follow them. */
  double[] concentrated() {
    double[] left = information.clone();
    for (int j = 0; j < border.length; j++) {
      for (int a = 0; a < width; a++) {
        for (int b = 0; b < width; b++) {
          left[a * width + b] -= border[j][a] * border[j][b] / periodInformation[j];
        }
      }
    }
    return left;
  }

  /** The gradient of the shared coefficients once the intercepts follow them. */
  double[] concentratedScore() {
    double[] left = score.clone();
    for (int j = 0; j < border.length; j++) {
      for (int a = 0; a < width; a++) {
        left[a] -= border[j][a] * periodScore[j] / periodInformation[j];
      }
    }
    return left;
  }

  @Override
  public DiscreteHazardSums merge(DiscreteHazardSums other) {
    CellSums.add(periodScore, other.periodScore);
    CellSums.add(periodInformation, other.periodInformation);
    for (int j = 0; j < border.length; j++) {
      CellSums.add(border[j], other.border[j]);
    }
    CellSums.add(score, other.score);
    CellSums.add(information, other.information);
    return this;
  }
}
