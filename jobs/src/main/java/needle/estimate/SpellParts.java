package needle.estimate;

/**
 * The parts of a spell in each of which it counts the same, one after the other, and how that moves
 * with the coefficients of the weights.
 */
final class SpellParts {
  /** In no later trial has anybody been exposed yet. */
  private static final int NONE = -1;

  private final Spell spell;
  private final SpellWeights.At at;
  private final int own;
  private int size;

  // Per part: its end but for the last, and its weight.
  private final double[] ends;
  private final double[] weights;

  // The later trial in which units were last exposed, and how the logarithm of the weight moves
  // with the logit of exposure in it.
  private final int[] trials;
  private final double[] byLogit;

  // Per later trial, how the logarithm of every weight after it moves with its logit.
  private final double[] passed;

  private SpellParts(Spell spell, SpellWeights.At at, int own, int trials, int most) {
    this.spell = spell;
    this.at = at;
    this.own = own;
    this.passed = new double[trials];
    this.ends = new double[most];
    this.weights = new double[most];
    this.trials = new int[most];
    this.byLogit = new double[most];
  }

  /** Of which there is only one. */
  static SpellParts whole(Spell spell, double weight, SpellWeights.At at) {
    SpellParts whole = new SpellParts(spell, at, 0, 0, 1);
    whole.add(spell.end(), weight, NONE, 0);
    return whole;
  }

  /** Of a unit that leaves where it comes to be exposed. */
  static SpellParts untilExposed(Spell spell, SpellWeights.At at, LaterExposure later) {
    int own = later.trialOf(spell.covariates());
    int first = later.firstStep(own);
    SpellParts all = new SpellParts(spell, at, own, later.trials(), later.steps() - first + 1);
    double begin = spell.entry();
    double weight = at.weight;
    int trial = NONE;
    double move = 0;
    SpellWeights.Chance chance = null;
    double notPassed = 1;
    for (int i = first; i < later.steps(); i++) {
      LaterExposure.Step step = later.step(i);
      double time = later.time(step, own);
      if (time >= spell.end()) {
        break;
      }
      if (!later.isOpenTo(spell, step.trial())) {
        continue;
      }
      if (time > begin) {
        all.add(time, weight, trial, move);
        begin = time;
      }
      if (step.trial() != trial) {
        if (chance != null) {
          notPassed *= 1 - chance.probability();
          all.passed[trial] = chance.move(1);
        }
        trial = step.trial();
        chance = at.chance(spell, later, own, trial);
      }
      weight = at.weight / (notPassed * (1 - chance.probability() * step.share()));
      move = chance.move(step.share());
    }
    all.add(spell.end(), weight, trial, move);
    return all;
  }

  private void add(double end, double weight, int trial, double move) {
    ends[size] = end;
    weights[size] = weight;
    trials[size] = trial;
    byLogit[size] = move;
    size++;
  }

  int size() {
    return size;
  }

  double weight(int part) {
    return weights[part];
  }

  /** The first event time of each part on a side, and behind them the first after the last. */
  int[] bounds(int side, EventTimes times) {
    int[] bounds = new int[size + 1];
    bounds[0] = times.first(spell.begin(side));
    for (int p = 0; p < size; p++) {
      int last = times.last(p == size - 1 ? spell.until(side) : ends[p]);
      bounds[p + 1] = Math.max(bounds[p], last + 1);
    }
    return bounds;
  }

  /** What happens at the end of a part on a side. */
  int cause(int part, int side) {
    return part == size - 1 && spell.endsOn(side) ? spell.cause() : 0;
  }

  /** The sum by weight of what the parts do. */
  double sum(double[] moves) {
    double sum = 0;
    for (int p = 0; p < size; p++) {
      sum += weights[p] * moves[p];
    }
    return sum;
  }

  /** Adds how that sum moves with the coefficients, of a constant and the covariates. */
  void addMoves(double[] moves, LaterExposure later, double[] into) {
    double all = 0;
    double ofLater = 0;
    double after = 0;
    double within = 0;
    for (int p = size - 1; p >= 0; p--) {
      double moved = weights[p] * moves[p];
      all += moved;
      if (trials[p] == NONE) {
        continue;
      }
      boolean isLastOfTrial = p == size - 1 || trials[p + 1] != trials[p];
      double byTrial = moved * byLogit[p];
      if (isLastOfTrial) {
        after += within;
        within = 0;
        byTrial += after * passed[trials[p]];
      }
      within += moved;
      ofLater += byTrial;
      later.addChange(spell, own, trials[p], byTrial, into);
    }
    double byOwn = all * at.move / at.weight + ofLater;
    for (int i = 0; i < into.length; i++) {
      into[i] += byOwn * at.z[i];
    }
  }
}
