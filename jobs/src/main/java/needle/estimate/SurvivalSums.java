package needle.estimate;

import needle.kit.InvalidInput;

/**
 * Per side of the treatment and time: who is at risk and to whom it happens, each by weight. A side
 * is 1 for the exposed.
 */
final class SurvivalSums implements OrderedSums.Partial<Spell, SurvivalSums> {
  private static final long serialVersionUID = 1L;

  private final EventTimes times;
  private final SpellWeights weights;
  private final double until;

  // Per side: numbers, weights and squared weights of those whose time at risk has its first or
  // last
  // event time there.
  private final double[][][] first;
  private final double[][][] last;

  final double[][] events;

  /** To whom something happens that competes with it. */
  final double[][] others;

  /** Spells on each side. */
  final long[] spells = new long[2];

  /** Over how many clusters these are spread. */
  final ClusterSpread clusters = new ClusterSpread();

  /** To how many it happens by the horizon. */
  final long[] happened = new long[2];

  /** Who was followed no longer before the horizon. */
  final long[] censored = new long[2];

  /** When the last of a side is no longer observed. */
  final double[] longest = new double[2];

  /**
   * @param until the horizon
   */
  SurvivalSums(EventTimes times, SpellWeights weights, double until) {
    this.times = times;
    this.weights = weights;
    this.until = until;
    this.first = new double[2][3][times.size()];
    this.last = new double[2][3][times.size()];
    this.events = new double[2][times.size()];
    this.others = new double[2][times.size()];
  }

  @Override
  public SurvivalSums empty() {
    return new SurvivalSums(times, weights, until);
  }

  @Override
  public void add(Spell spell) {
    SpellParts parts = weights.parts(spell);
    for (int side = 0; side < 2; side++) {
      if (spell.isOn(side)) {
        count(spell, side);
        int[] bounds = parts.bounds(side, times);
        for (int p = 0; p < parts.size(); p++) {
          add(bounds[p], bounds[p + 1] - 1, parts.cause(p, side), side, parts.weight(p));
        }
      }
    }
  }

  private void count(Spell spell, int side) {
    spells[side]++;
    clusters.add(spell.cluster(), side, 1);
    longest[side] = Math.max(longest[side], spell.until(side));
    happened[side] += spell.happensOn(side) && spell.end() <= until ? 1 : 0;
    censored[side] += spell.endsOn(side) && spell.cause() == 0 && spell.end() < until ? 1 : 0;
  }

  private void add(int from, int to, int cause, int side, double weight) {
    if (from > to) {
      return;
    }
    double power = 1;
    for (int k = 0; k < 3; k++) {
      first[side][k][from] += power;
      last[side][k][to] += power;
      power *= weight;
    }
    if (cause > 0) {
      (cause == 1 ? events : others)[side][to] += weight;
    }
  }

  @Override
  public void finish() {
    clusters.finish();
  }

  /** Fails unless there is time under observation on both sides. */
  void requireSides() {
    if (spells[0] == 0 || spells[1] == 0) {
      throw new InvalidInput(
          spells[1] == 0 ? "Nobody was treated" : "There is nobody to compare the treated with",
          "no time under observation is " + (spells[1] == 0 ? "exposed" : "unexposed"),
          "supply rows of both sides");
    }
  }

  /** Fails, too, unless it happens on both sides. */
  void requireEvents(String ratio) {
    requireSides();
    for (int side = 0; side < 2; side++) {
      if (happened[side] == 0) {
        throw new InvalidInput(
            "There is no finite " + ratio,
            "it never happened to the " + (side == 1 ? "exposed" : "unexposed"),
            "follow them longer, or choose weighted_survival");
      }
    }
  }

  /** Zero where nobody is at risk: weights that leave may not cancel to the last bit. */
  double[] atRisk(int side) {
    double[] units = sums(side, 0);
    double[] weights = sums(side, 1);
    for (int j = 0; j < units.length; j++) {
      weights[j] = units[j] > 0 ? weights[j] : 0;
    }
    return weights;
  }

  private double[] sums(int side, int power) {
    return EventTimes.atRisk(last[side][power], first[side][power]);
  }

  /** As how many equally weighted units those at risk count (Kish 1965). */
  double[] effective(int side) {
    double[] effective = atRisk(side);
    double[] squares = sums(side, 2);
    for (int j = 0; j < effective.length; j++) {
      effective[j] *= effective[j] > 0 ? effective[j] / squares[j] : 0;
    }
    return effective;
  }

  @Override
  public SurvivalSums merge(SurvivalSums other) {
    for (int side = 0; side < 2; side++) {
      for (int k = 0; k < 3; k++) {
        CellSums.add(first[side][k], other.first[side][k]);
        CellSums.add(last[side][k], other.last[side][k]);
      }
      CellSums.add(events[side], other.events[side]);
      CellSums.add(others[side], other.others[side]);
      spells[side] += other.spells[side];
      happened[side] += other.happened[side];
      censored[side] += other.censored[side];
      longest[side] = Math.max(longest[side], other.longest[side]);
    }
    clusters.merge(other.clusters);
    return this;
  }
}
