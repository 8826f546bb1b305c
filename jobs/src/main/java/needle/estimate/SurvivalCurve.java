package needle.estimate;

import java.io.Serializable;
import java.util.Locale;
import needle.kit.InvalidInput;

/**
 * The weighted product-limit curve of one side (Kaplan & Meier 1958; Xie & Liu 2005, eq. 2): S(t) =
 * Π(1 − λ), where λ is the share, by weight, of those at risk at a time to whom it happens then.
 *
 * <p>Where causes compete, it counts all of them, and the share to whom the studied one has
 * happened is Σ S(t−) λ₁ (Aalen & Johansen 1978).
 */
final class SurvivalCurve implements Serializable {
  private static final long serialVersionUID = 1L;

  /** A share at risk that differs from one by rounding alone; from then on nobody is left. */
  private static final double ALL = 1 - 1e-12;

  private final EventTimes times;
  private final double[] atRisk;
  private final double[] hazard;
  private final double[] survival;

  // Of the studied cause: the share at risk to whom it happens, and to whom it has happened.
  private final double[] ofCause;
  private final double[] incidence;

  private SurvivalCurve(
      EventTimes times,
      double[] atRisk,
      double[] hazard,
      double[] survival,
      double[] ofCause,
      double[] incidence) {
    this.ofCause = ofCause;
    this.incidence = incidence;
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
    double[] ofCause = new double[times.size()];
    double[] incidence = new double[times.size()];
    double left = 1;
    double happened = 0;
    for (int j = 0; j < times.size(); j++) {
      if (times.times()[j] < until && left > 0 && atRisk[j] == 0) {
        throw unseen(side, "at risk at " + number(times.times()[j]));
      }
      if (left > 0 && atRisk[j] > 0) {
        hazard[j] = (sums.events[side][j] + sums.others[side][j]) / atRisk[j];
        ofCause[j] = sums.events[side][j] / atRisk[j];
      }
      happened += left * ofCause[j];
      incidence[j] = happened;
      left = hazard[j] > ALL ? 0 : left * (1 - hazard[j]);
      survival[j] = left;
    }
    SurvivalCurve curve = new SurvivalCurve(times, atRisk, hazard, survival, ofCause, incidence);
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

  /** The share to whom the studied cause has happened by a time. */
  double incidence(double time) {
    int last = times.last(time);
    return last < 0 ? 0 : incidence[last];
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
    return new Moves(times, event, event, risk);
  }

  /**
   * How the share to whom the studied cause has happened by a time moves with units that count. The
   * derivative by a unit's weight is, at every time at risk, S(t−)(dN₁ − λ₁)/Y, less what the
   * others can still add, (F(τ) − F(t))/(1 − λ) · (dN − λ)/Y.
   */
  Moves ofIncidence(double time) {
    double[] event = new double[times.size()];
    double[] other = new double[times.size()];
    double[] risk = new double[times.size() + 1];
    double share = incidence(time);
    for (int j = 0; j < event.length; j++) {
      boolean counts = times.times()[j] <= time && atRisk[j] > 0 && before(j) > 0;
      double own = counts ? before(j) / atRisk[j] : 0;
      boolean isLast = !counts || !(hazard[j] < ALL);
      other[j] = isLast ? 0 : -(share - incidence[j]) / (atRisk[j] * (1 - hazard[j]));
      event[j] = own + other[j];
      risk[j + 1] = risk[j] + own * ofCause[j] + other[j] * hazard[j];
    }
    return new Moves(times, event, other, risk);
  }

  /**
   * How a number from the curve moves with a unit's weight.
   *
   * @param event by the studied event, per time
   * @param other by what competes with it
   * @param risk by having been at risk, summed over the times before
   */
  record Moves(EventTimes times, double[] event, double[] other, double[] risk)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Of time at risk from one event time to another, and what happens then. */
    double of(int from, int to, int cause) {
      if (from > to) {
        return 0;
      }
      double happens = cause == 0 ? 0 : cause == 1 ? event[to] : other[to];
      return happens - (risk[to + 1] - risk[from]);
    }
  }
}
