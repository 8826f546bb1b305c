package needle.estimate;

import java.util.List;

/**
 * How every unit moves the numbers from both curves, within clusters: directly, and through the
 * coefficients of the weights, which are estimated from all units. The numbers of side 0 come
 * first, then those of side 1.
 */
final class SurvivalInfluence extends ClusteredScores<Spell, SurvivalInfluence> {
  private static final long serialVersionUID = 1L;

  private final SpellWeights weights;
  // Per side, exposed last, and number.
  private final SurvivalCurve.Moves[][] moves;
  // Per side and number, what a unit's score does to it; null in the first pass.
  private final double[][] viaWeights;

  // Per side and number, how it moves with the weights' coefficients.
  private final double[][] byCoefficients;

  private SurvivalInfluence(
      SpellWeights weights, SurvivalCurve.Moves[][] moves, double[][] viaWeights) {
    super(2 * moves[0].length);
    this.weights = weights;
    this.moves = moves;
    this.viaWeights = viaWeights;
    int numbers = 2 * moves[0].length;
    this.byCoefficients = new double[numbers][weights.width()];
  }

  static SurvivalInfluence of(
      Spells sample, SpellWeights weights, SurvivalCurve.Moves[][] moves, List<String> covariates) {
    SurvivalInfluence known =
        OrderedSums.of(sample.spells(), new SurvivalInfluence(weights, moves, null));
    if (!weights.areEstimated()) {
      return known;
    }
    SymmetricSolver information = weights.information(covariates);
    double[][] via = new double[known.byCoefficients.length][];
    for (int f = 0; f < via.length; f++) {
      via[f] = information.solve(known.byCoefficients[f]);
    }
    return OrderedSums.of(sample.spells(), new SurvivalInfluence(weights, moves, via));
  }

  @Override
  public SurvivalInfluence empty() {
    return new SurvivalInfluence(weights, moves, viaWeights);
  }

  @Override
  public void add(Spell spell) {
    int numbers = moves[0].length;
    double[] influence = new double[2 * numbers];
    SpellWeights.At at = weights.areEstimated() ? weights.at(spell) : null;
    SpellParts parts = at == null ? SpellParts.whole(spell, 1, null) : at.parts(spell);
    for (int side = 0; side < 2; side++) {
      if (spell.isOn(side)) {
        addDirect(parts, side, influence);
      }
    }
    for (int f = 0; viaWeights != null && f < influence.length; f++) {
      for (int i = 0; i < weights.width(); i++) {
        influence[f] += viaWeights[f][i] * at.z[i] * at.left;
      }
    }
    sums.add(spell.cluster(), influence);
  }

  private void addDirect(SpellParts parts, int side, double[] influence) {
    int[] bounds = parts.bounds(side, moves[side][0].times());
    double[] move = new double[parts.size()];
    for (int k = 0; k < moves[side].length; k++) {
      for (int p = 0; p < move.length; p++) {
        move[p] = moves[side][k].of(bounds[p], bounds[p + 1] - 1, parts.cause(p, side));
      }
      int f = side * moves[side].length + k;
      influence[f] = parts.sum(move);
      if (weights.areEstimated() && viaWeights == null) {
        parts.addMoves(move, weights.later(), byCoefficients[f]);
      }
    }
  }

  @Override
  public SurvivalInfluence merge(SurvivalInfluence other) {
    super.merge(other);
    for (int f = 0; f < byCoefficients.length; f++) {
      CellSums.add(byCoefficients[f], other.byCoefficients[f]);
    }
    return this;
  }
}
