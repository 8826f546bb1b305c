package needle.estimate;

import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a spell in each of which it counts the same, and how that moves with the
 * coefficients of the weights.
 */
final class SpellParts {
  /** In no later trial has anybody been exposed yet. */
  private static final int NONE = -1;

  /**
   * @param trial the later one in which units were last exposed
   * @param move how the logarithm of the weight moves with the logit of exposure in it
   */
  private record Part(Spell spell, double weight, int trial, double move) {}

  private final List<Part> parts = new ArrayList<>();
  private final SpellWeights.At at;
  private final int own;

  // Per later trial, how the logarithm of every weight after it moves with its logit.
  private final double[] passed;

  private SpellParts(SpellWeights.At at, int own, int trials) {
    this.at = at;
    this.own = own;
    this.passed = new double[trials];
  }

  /** Of which there is only one. */
  static SpellParts whole(Spell spell, double weight, SpellWeights.At at) {
    SpellParts whole = new SpellParts(at, 0, 0);
    whole.parts.add(new Part(spell, weight, NONE, 0));
    return whole;
  }

  /** Of a unit that leaves where it comes to be exposed. */
  static SpellParts untilExposed(Spell spell, SpellWeights.At at, LaterExposure later) {
    int own = later.trialOf(spell.covariates());
    SpellParts all = new SpellParts(at, own, later.trials());
    double begin = spell.entry();
    Part next = new Part(spell, at.weight, NONE, 0);
    SpellWeights.Chance chance = null;
    double notPassed = 1;
    for (int i = later.firstStep(own); i < later.steps(); i++) {
      LaterExposure.Step step = later.step(i);
      double time = later.time(step, own);
      if (time >= spell.end()) {
        break;
      }
      all.add(next, begin, time);
      begin = Math.max(begin, time);
      if (!later.isOpenTo(spell, step.trial())) {
        continue;
      }
      if (chance == null || step.trial() != next.trial) {
        if (chance != null) {
          notPassed *= 1 - chance.probability();
          all.passed[next.trial] = chance.move(1);
        }
        chance = at.chance(spell, later, own, step.trial());
      }
      double left = notPassed * (1 - chance.probability() * step.share());
      next = new Part(spell, at.weight / left, step.trial(), chance.move(step.share()));
    }
    all.add(next, begin, spell.end());
    return all;
  }

  private void add(Part next, double from, double to) {
    if (from < to) {
      parts.add(new Part(next.spell.between(from, to), next.weight, next.trial, next.move));
    }
  }

  int size() {
    return parts.size();
  }

  Spell spell(int part) {
    return parts.get(part).spell;
  }

  double weight(int part) {
    return parts.get(part).weight;
  }

  /** The sum by weight of what the parts do. */
  double sum(double[] moves) {
    double sum = 0;
    for (int p = 0; p < moves.length; p++) {
      sum += parts.get(p).weight * moves[p];
    }
    return sum;
  }

  /** Adds how that sum moves with the coefficients, of a constant and the covariates. */
  void addMoves(double[] moves, LaterExposure later, double[] into) {
    double own = 0;
    double ofLater = 0;
    double after = 0;
    double within = 0;
    for (int p = moves.length - 1; p >= 0; p--) {
      Part part = parts.get(p);
      double moved = part.weight * moves[p];
      own += moved;
      if (part.trial == NONE) {
        continue;
      }
      boolean isLastOfTrial = p == moves.length - 1 || parts.get(p + 1).trial != part.trial;
      double byTrial = moved * part.move;
      if (isLastOfTrial) {
        after += within;
        within = 0;
        byTrial += after * passed[part.trial];
      }
      within += moved;
      ofLater += byTrial;
      later.addChange(part.spell, this.own, part.trial, byTrial, into);
    }
    double all = own * at.move / at.weight + ofLater;
    for (int i = 0; i < into.length; i++) {
      into[i] += all * at.z[i];
    }
  }
}
