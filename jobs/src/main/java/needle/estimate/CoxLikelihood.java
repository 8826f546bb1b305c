package needle.estimate;

import java.io.Serializable;

/**
 * The partial likelihood at some coefficients, and its derivatives (Cox 1972). Of those to whom it
 * happens at the same time, d in number, one after the other leaves the risk set: the r-th sees it
 * less (r − 1)/d of their sum (Efron 1977).
 */
final class CoxLikelihood implements Serializable {
  private static final long serialVersionUID = 1L;

  final double logLikelihood;
  final double[] score;
  final double[] information;

  /** Per time, what was seen less what was expected of the vectors (Schoenfeld 1982). */
  final double[][] residuals;

  /** Per time, to how many it happens, and how many are at risk. */
  final double[] events;

  final double[] atRisk;

  // Per time: the mean vector that was expected; what a unit at risk is charged, and of it the part
  // that those to whom it happens are not, each the hazard alone and times the expected vector.
  private final double[][] expected;
  private final double[] hazard;
  private final double[][] hazardVector;
  private final double[] spared;
  private final double[][] sparedVector;

  CoxLikelihood(CoxSums sums, double[] coefficients) {
    int width = coefficients.length;
    double[][] risk = sums.atRisk();
    double[][] tied = sums.events();
    int times = risk[0].length;
    this.events = tied[0];
    this.atRisk = risk[0];
    this.score = new double[width];
    this.information = new double[width * width];
    this.residuals = new double[times][width];
    this.expected = new double[times][width];
    this.hazard = new double[times + 1];
    this.hazardVector = new double[times + 1][width];
    this.spared = new double[times];
    this.sparedVector = new double[times][width];
    double sum = 0;
    double[] mean = new double[width];
    for (int j = 0; j < times; j++) {
      int count = (int) Math.rint(events[j]);
      hazard[j + 1] = hazard[j];
      hazardVector[j + 1] = hazardVector[j].clone();
      for (int r = 0; r < count; r++) {
        double gone = r / (double) count;
        double total = risk[1][j] - gone * tied[1][j];
        sum -= Math.log(total);
        for (int i = 0; i < width; i++) {
          mean[i] = (risk[2 + i][j] - gone * tied[2 + i][j]) / total;
          expected[j][i] += mean[i] / count;
          hazardVector[j + 1][i] += mean[i] / total;
          sparedVector[j][i] += gone * mean[i] / total;
        }
        hazard[j + 1] += 1 / total;
        spared[j] += gone / total;
        int kind = 2 + width;
        for (int a = 0; a < width; a++) {
          for (int b = 0; b <= a; b++, kind++) {
            double square = (risk[kind][j] - gone * tied[kind][j]) / total - mean[a] * mean[b];
            information[a * width + b] += square;
            information[b * width + a] += a == b ? 0 : square;
          }
        }
      }
      for (int i = 0; i < width; i++) {
        residuals[j][i] = sums.vectors()[i][j] - count * expected[j][i];
        score[i] += residuals[j][i];
        sum += coefficients[i] * sums.vectors()[i][j];
      }
    }
    this.logLikelihood = sum;
  }

  /** What a unit adds to the score beyond what was expected of it (Lin & Wei 1989, eq. 2.3). */
  void addResidual(CoxSums.Model model, Spell spell, int side, double[] z, double[] into) {
    int first = model.times().first(spell.begin(side));
    int last = model.times().last(spell.until(side));
    if (first > last) {
      return;
    }
    model.vector(spell, side, z);
    double relative = model.relativeHazard(z);
    boolean happens = spell.happensOn(side);
    for (int i = 0; i < z.length; i++) {
      into[i] -=
          relative
              * (z[i] * (hazard[last + 1] - hazard[first])
                  - (hazardVector[last + 1][i] - hazardVector[first][i]));
      if (happens) {
        into[i] +=
            z[i] - expected[last][i] + relative * (z[i] * spared[last] - sparedVector[last][i]);
      }
    }
  }
}
