package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import needle.estimate.Aggregations.Form;
import needle.estimate.StudyDesign.BasePeriod;
import needle.estimate.sensitivity.EventStudy;
import org.apache.commons.math3.linear.RealMatrix;

/**
 * Event studies behind the effects of a staggered roll-out, measured from the last period before
 * treatment and before the anticipation window.
 *
 * <p>An effect over several cohorts is a weighted mean of their effects. Split by event time, it
 * tells how much the deviation from parallel trends at each of them weighs in it.
 */
final class TrendPaths {
  private static final double NO_WEIGHT = 1e-12;

  private final Covariance covariance;
  private final StudyDesign design;
  private final TreeMap<Integer, Form> events = new TreeMap<>();
  private final List<Form> cells;
  private final List<Point> before = new ArrayList<>();

  private record Point(double estimate, double[] influence) {
    Point less(Form step) {
      double[] moved = influence.clone();
      Arrays.setAll(moved, i -> influence[i] - step.influence()[i]);
      return new Point(estimate - step.estimate(), moved);
    }
  }

  TrendPaths(List<Form> forms, Covariance covariance, StudyDesign design) {
    this.covariance = covariance;
    this.design = design;
    this.cells = forms.stream().filter(f -> f.aggregation().equals(Form.GROUP_TIME)).toList();
    forms.stream()
        .filter(f -> f.aggregation().equals(Form.EVENT_TIME))
        .forEach(f -> events.put(f.eventTime().orElseThrow(), f));
    goBack();
  }

  // With a varying base, a lead is a step: the path is their sum, backwards from the reference.
  private void goBack() {
    boolean steps = design.basePeriod() == BasePeriod.VARYING;
    int eventTime = reference() - (steps ? 0 : 1);
    Point reached = null;
    for (; isReliable(events.get(eventTime)); eventTime--) {
      Form lead = events.get(eventTime);
      if (reached == null) {
        reached = new Point(0, new double[lead.influence().length]);
      }
      reached = steps ? reached.less(lead) : new Point(lead.estimate(), lead.influence());
      before.add(0, reached);
    }
  }

  private int reference() {
    return -1 - design.anticipation();
  }

  private boolean isReliable(Form lead) {
    return lead != null
        && lead.treatedClusters() >= EffectEstimate.FEWEST_CLUSTERS
        && !Double.isNaN(covariance.standardError(lead.influence()));
  }

  /** The effects from treatment on, by event time. */
  List<Form> effectsByEventTime() {
    return List.copyOf(events.tailMap(0, true).values());
  }

  /**
   * The event study that gives that effect; empty where no lead can be trusted, or where event
   * times are missing in between.
   *
   * @param alpha one minus the level of the intervals that it is for
   */
  Optional<EventStudy> of(Form effect, double alpha) {
    int last = events.lastKey();
    double[] weights = new double[last - reference()];
    List<Point> path = new ArrayList<>(before);
    for (int eventTime = reference() + 1; eventTime <= last; eventTime++) {
      Form event = events.get(eventTime);
      if (event == null) {
        return Optional.empty();
      }
      double weight = weightOf(effect, eventTime);
      weights[eventTime - reference() - 1] = weight;
      path.add(
          Math.abs(weight) > NO_WEIGHT
              ? part(effect, eventTime, weight)
              : new Point(event.estimate(), event.influence()));
    }
    return before.isEmpty() ? Optional.empty() : Optional.of(study(path, weights, alpha));
  }

  private EventStudy study(List<Point> path, double[] weights, double alpha) {
    RealMatrix doubt = covariance.of(path.stream().map(Point::influence).toList());
    // So that with parallel trends the interval is the printed one, where clusters are few.
    double wider =
        covariance.quantile(alpha) / Quantiles.quantile(Double.POSITIVE_INFINITY, 1 - alpha / 2);
    return new EventStudy(
        path.stream().mapToDouble(Point::estimate).toArray(),
        doubt.scalarMultiply(wider * wider).getData(),
        before.size(),
        weights);
  }

  private double weightOf(Form effect, int eventTime) {
    double weight = 0;
    for (int k = 0; k < cells.size(); k++) {
      weight += cells.get(k).eventTime().orElseThrow() == eventTime ? effect.influence()[k] : 0;
    }
    return weight;
  }

  // What that event time adds to the effect, per unit of its weight; the doubt about the cohorts'
  // shares, which is one for the whole effect, goes along with all of them.
  private Point part(Form effect, int eventTime, double weight) {
    double[] influence = effect.influence().clone();
    double estimate = 0;
    for (int k = 0; k < cells.size(); k++) {
      boolean isThen = cells.get(k).eventTime().orElseThrow() == eventTime;
      influence[k] = isThen ? effect.influence()[k] / weight : 0;
      estimate += influence[k] * cells.get(k).estimate();
    }
    return new Point(estimate, influence);
  }
}
