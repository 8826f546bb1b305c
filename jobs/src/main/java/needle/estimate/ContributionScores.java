package needle.estimate;

import java.io.Serializable;
import java.util.List;

/** What each unit does to every part of an attribution, summed within clusters. */
final class ContributionScores extends ClusteredScores<ExposedUnit, ContributionScores> {
  private static final long serialVersionUID = 1L;

  /**
   * How parts follow what is seen of a unit.
   *
   * @param byMean per part, the derivative by both windows' means
   * @param byPeriod per part, the form in the scores of the periods' intercepts
   * @param byTerm per part, the form in the scores of the effects
   * @param means of both windows
   * @param rows of both windows
   */
  record Forms(
      double[][] byMean, double[][] byPeriod, double[][] byTerm, double[] means, long[] rows)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  private final AttributionModel model;
  private final Forms forms;
  private final double[] row;

  ContributionScores(AttributionModel model, Forms forms) {
    super(forms.byMean().length);
    this.model = model;
    this.forms = forms;
    this.row = new double[model.size()];
  }

  /**
   * The forms of the parts.
   *
   * @param fit of the terms that were kept
   */
  static Forms forms(
      AttributionModel model,
      List<ContributionParts.Part> parts,
      WindowSums windows,
      ProgramSums programs,
      PeriodEquations equations,
      LinearFit fit,
      int[] kept) {
    int periods = model.periods().length;
    int terms = model.terms().size();
    int size = model.size();
    double[][] byMean = new double[parts.size()][];
    double[][] byPeriod = new double[parts.size()][];
    double[][] byTerm = new double[parts.size()][];
    for (int m = 0; m < parts.size(); m++) {
      byMean[m] = parts.get(m).amount().gradient();
      double[] ofPeriods = new double[periods];
      double[] ofTerms = new double[terms];
      for (int b = 0; b < byMean[m].length; b++) {
        int w = b / size;
        double weight = byMean[m][b] / windows.rows[w];
        for (int t = 0; weight != 0 && t < periods; t++) {
          ofPeriods[t] += weight * windows.byPeriod[w][b % size][t];
        }
        for (int k = 0; weight != 0 && k < terms; k++) {
          ofTerms[k] += weight * windows.byTerm[w][b % size][k];
        }
      }
      if (parts.get(m).effect() >= 0) {
        ofTerms[parts.get(m).effect()] += 1;
      }
      double[] chosen = new double[kept.length];
      for (int i = 0; i < kept.length; i++) {
        chosen[i] = ofTerms[kept[i]];
      }
      chosen = fit.ofScores(chosen);
      byTerm[m] = new double[terms];
      for (int i = 0; i < kept.length; i++) {
        byTerm[m][kept[i]] = chosen[i];
        // The effects follow the intercepts, too.
        for (int t = 0; t < periods; t++) {
          ofPeriods[t] += chosen[i] * programs.byPeriod[kept[i] * periods + t];
        }
      }
      byPeriod[m] = equations.weights(ofPeriods);
    }
    double[] means = new double[2 * size];
    for (int b = 0; b < means.length; b++) {
      means[b] = windows.sums[b / size][b % size] / windows.rows[b / size];
    }
    return new Forms(byMean, byPeriod, byTerm, means, windows.rows);
  }

  @Override
  public ContributionScores empty() {
    return new ContributionScores(model, forms);
  }

  @Override
  public void add(ExposedUnit unit) {
    UnitView view = model.view(unit);
    double level = model.level(view);
    boolean isStayer = model.isStayer(view);
    int size = model.size();
    double[] own = new double[2 * size];
    double[] periodScore = new double[model.periods().length];
    double[] termScore = new double[model.terms().size()];
    for (int i = 0; i < view.size(); i++) {
      int w = model.window(model.periods()[view.period(i)]);
      if (w >= 0) {
        model.values(view, i, level, isStayer, row);
        for (int b = 0; b < size; b++) {
          own[w * size + b] += (row[b] - forms.means()[w * size + b]) / forms.rows()[w];
        }
      }
      if (view.isUntreated(i)) {
        periodScore[view.period(i)] += view.left(i) - view.untreatedMean();
      } else if (view.untreated() > 0) {
        int[] active = model.terms().of(unit, view.row(i));
        double rest = view.left(i) - view.untreatedMean() - model.effect(active);
        for (int term : active) {
          termScore[term] += rest;
        }
      }
    }
    double[] influence = new double[forms.byMean().length];
    for (int m = 0; m < influence.length; m++) {
      influence[m] =
          DotProduct.of(forms.byMean()[m], own)
              + DotProduct.of(forms.byPeriod()[m], periodScore)
              + DotProduct.of(forms.byTerm()[m], termScore);
    }
    sums.add(unit.cluster(), influence);
  }
}
