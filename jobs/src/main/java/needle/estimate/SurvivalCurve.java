package needle.estimate;

import java.io.Serializable;
import java.util.Locale;
import needle.kit.InvalidInput;

/**
 * The weighted product-limit curve of one side (Kaplan & Meier 1958; Xie & Liu 2005, eq. 2): S(t) =
 * Π(1 − λ), where λ is the share, by weight, of those at risk at a time to whom it happens then.
 */
final class SurvivalCurve implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A share at risk that differs from one by rounding alone; from then on nobody is left. */
  private static final double ALL = 1 - 1e-12;

  private final EventTimes times;
  private final double[] atRisk;
  private final double[] hazard;
  private final double[] survival;

  private SurvivalCurve(EventTimes times, double[] atRisk, double[] hazard, double[] survival) {
    this.times = times;
    this.atRisk = atRisk;
    this.hazard = hazard;
    this.survival = survival;
  }

  /**
   * @param until the horizon, up to which the side must have been followed
   */
  static SurvivalCurve of(EventTimes times, SurvivalSums sums, int side, double until) {
    double[] atRisk = sums.atRisk(side);
    double[] hazard = new double[times.size()];
    double[] survival = new double[times.size()];
    double left = 1;
    for (int j = 0; j < times.size(); j++) {
      if (times.times()[j] <= until && left > 0 && atRisk[j] == 0) {
        throw unseen(side, "at risk at " + number(times.times()[j]));
      }
      hazard[j] = left > 0 && atRisk[j] > 0 ? sums.events[side][j] / atRisk[j] : 0;
      left = hazard[j] > ALL ? 0 : left * (1 - hazard[j]);
      survival[j] = left;
    }
    SurvivalCurve curve = new SurvivalCurve(times, atRisk, hazard, survival);
    if (sums.longest[side] < until && curve.at(until) > 0) {
      throw unseen(
          side, "followed beyond " + number(sums.longest[side]) + ", and some are still left then");
    }
    return curve;
  }

  private static InvalidInput unseen(int side, String what) {
    return new InvalidInput(
        "Survival is not known up to the horizon",
        "none of the " + (side == 1 ? "exposed" : "unexposed") + " is " + what,
        "choose a horizon up to which both sides are followed from the beginning of the clock, or"
            + " the estimator cox");
  }

  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? String.format(Locale.ROOT, "%.0f", value)
        : Double.toString(value);
  }

  /** The share left after a time. */
  double at(double time) {
    int last = times.last(time);
    return last < 0 ? 1 : survival[last];
  }

  /** The share left just before an event time. */
  double before(int time) {
    return time == 0 ? 1 : survival[time - 1];
  }

  /** Mean time without the event up to a horizon, the area below the curve. */
  double restrictedMean(double until) {
    double area = 0;
    double from = 0;
    for (int j = 0; j < times.size() && times.times()[j] < until; j++) {
      area += before(j) * (times.times()[j] - from);
      from = times.times()[j];
    }
    return area + at(from) * (until - from);
  }

  /** How the restricted mean moves with units that count. */
  Moves ofRestrictedMean(double until) {
    double[] left = new double[times.size()];
    // The area that is still to come after each event time, from the last to the first.
    double area = 0;
    double to = until;
    for (int j = times.size() - 1; j >= 0; j--) {
      if (times.times()[j] < until) {
        area += survival[j] * (to - times.times()[j]);
        to = times.times()[j];
        left[j] = area;
      }
    }
    return moves(left);
  }

  /** How the share left after a time moves with units that count. */
  Moves ofSurvival(double time) {
    double[] left = new double[times.size()];
    double share = at(time);
    for (int j = 0; j < left.length && times.times()[j] <= time; j++) {
      left[j] = share;
    }
    return moves(left);
  }

  // The derivative by a unit's weight: −left · (dN − λ) / (Y · (1 − λ)) at every time at risk.
  // Summed squares without weights are Greenwood's variance. Where all have the event, nobody is
  // left whatever the weights.
  private Moves moves(double[] left) {
    double[] event = new double[left.length];
    double[] risk = new double[left.length + 1];
    for (int j = 0; j < left.length; j++) {
      boolean isLast = !(hazard[j] < ALL) || left[j] == 0;
      event[j] = isLast ? 0 : -left[j] / (atRisk[j] * (1 - hazard[j]));
      risk[j + 1] = risk[j] + event[j] * hazard[j];
    }
    return new Moves(times, event, risk);
  }

  /**
   * How a number from the curve moves with a unit's weight.
   *
   * @param event by the event, per time
   * @param risk by having been at risk, summed over the times before
   */
  record Moves(EventTimes times, double[] event, double[] risk) implements Serializable {
    private static final long serialVersionUID = 1L;

    double of(Spell spell, int side) {
      if (!spell.isOn(side)) {
        return 0;
      }
      int first = times.first(spell.begin(side));
      int last = times.last(spell.until(side));
      if (first > last) {
        return 0;
      }
      boolean happens = spell.endsOn(side) && spell.cause() > 0;
      return (happens ? event[last] : 0) - (risk[last + 1] - risk[first]);
    }
  }
}
