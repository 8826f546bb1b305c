package needle.estimate;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.TimingWeights.Comparison;
import needle.estimate.TimingWeights.Control;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;

/** What a two-way fixed-effects regression compares, told from the means of cohorts by period. */
final class TimingDiagnostics {
  private TimingDiagnostics() {}

  /** Nothing unless the one regressor is 0 or 1 and units and periods are what is absorbed. */
  static List<Diagnostic> of(AbsorbedPanel absorbed, StudyDesign design, AbsorbedModel model) {
    boolean isTwoWay =
        design.period().isPresent()
            && Set.copyOf(model.absorbed()).equals(Set.of(design.unit(), design.period().get()));
    if (!isTwoWay || model.regressors().size() > 1) {
      return List.of();
    }
    JavaRDD<AbsorbedGroup> groups = absorbed.grouped().groups();
    if (!absorbed.layout().swept().equals(design.unit())) {
      return groups.filter(group -> !isBinary(group)).isEmpty()
          ? List.of(untold("there are more than " + AbsorbedLayout.MOST_DUMMIES + " periods"))
          : List.of();
    }
    double[] periods =
        absorbed.layout().levels().get(0).stream()
            .mapToDouble(level -> Double.parseDouble(level.name()))
            .toArray();
    Seen seen = OrderedSums.of(groups, new Seen(periods));
    if (!seen.isBinary) {
      return List.of();
    }
    try {
      seen.survey.reportFaults();
      if (!seen.isGapless()) {
        return List.of(untold("not every unit was observed in every period"));
      }
      return of(TimingWeights.of(seen.means), design.grain());
    } catch (InvalidInput e) {
      return List.of(untold(e.problem()));
    }
  }

  /** What one pass over the units tells of their treatment and their outcomes. */
  private static final class Seen implements OrderedSums.Partial<AbsorbedGroup, Seen> {
    private static final long serialVersionUID = 1L;

    private final double[] periods;
    private final PanelSurvey survey = new PanelSurvey(0);
    private final CohortMeans means;
    private boolean isBinary = true;

    Seen(double... periods) {
      this.periods = periods;
      this.means = new CohortMeans(Arrays.stream(periods).mapToInt(p -> (int) p).toArray());
    }

    @Override
    public Seen empty() {
      return new Seen(periods);
    }

    @Override
    public void add(AbsorbedGroup group) {
      isBinary = isBinary && isBinary(group);
      if (isBinary) {
        UnitHistory unit = history(group, periods);
        survey.add(unit);
        means.add(unit);
      }
    }

    @Override
    public Seen merge(Seen other) {
      isBinary &= other.isBinary;
      survey.merge(other.survey);
      means.merge(other.means);
      return this;
    }

    boolean isGapless() {
      return survey.isGapless() && survey.periods().length == periods.length;
    }
  }

  private static boolean isBinary(AbsorbedGroup group) {
    for (int r = 0; r < group.rows(); r++) {
      double treated = group.regressor(r, 0);
      if (treated != 0 && treated != 1) {
        return false;
      }
    }
    return true;
  }

  private static UnitHistory history(AbsorbedGroup group, double... periods) {
    ByteBuffer numbers = ByteBuffer.allocate(group.rows() * UnitRows.COVARIATES * Double.BYTES);
    for (int r = 0; r < group.rows(); r++) {
      UnitRows.put(numbers, false, periods[group.level(r, 0)]);
      UnitRows.put(numbers, false, group.outcome(r));
      UnitRows.put(numbers, false, group.regressor(r, 0));
    }
    return UnitHistories.history(
        group.bucket(),
        group.name(),
        group.name(),
        UnitFaults.Clusters.ONE,
        UnitRows.of(List.of(numbers.array()), UnitRows.COVARIATES),
        new UnitColumns(0, true, false, Grain.NUMBER));
  }

  private static Diagnostic untold(String why) {
    return new Diagnostic(
        "comparisons",
        "known",
        Double.NaN,
        Double.NaN,
        Status.WARNING,
        "What the coefficient compares is not told, because " + why + ".");
  }

  private static List<Diagnostic> of(TimingWeights weights, Grain grain) {
    List<Diagnostic> found = new ArrayList<>();
    for (Control kind : Control.values()) {
      double weight = weights.weight(kind);
      String name = kind.name().toLowerCase(Locale.ROOT);
      found.add(
          new Diagnostic(
              "comparisons",
              name,
              weight,
              Double.NaN,
              kind == Control.ALREADY_TREATED && weight > 0 ? Status.WARNING : Status.PASS,
              String.format(
                  Locale.ROOT,
                  "%.1f%% of the coefficient compares with units %s%s.",
                  100 * weight,
                  name.replace('_', ' '),
                  weight > 0
                      ? String.format(
                          Locale.ROOT, "; alone it would be %.4g", weights.estimate(kind))
                      : "")));
    }
    found.add(
        new Diagnostic(
            "negative_weights",
            "sum",
            weights.negativeWeight(),
            Double.NaN,
            weights.negativeWeight() < 0 ? Status.WARNING : Status.PASS,
            String.format(
                Locale.ROOT,
                "%.1f%% of the treated observations have a negative weight: the larger their effect,"
                    + " the smaller the coefficient.",
                100 * weights.negativeShare())));
    for (Comparison c : weights.comparisons()) {
      found.add(
          new Diagnostic(
              "comparison",
              name(c.treated(), grain) + "_against_" + name(c.control(), grain),
              c.weight(),
              Double.NaN,
              Status.PASS,
              String.format(
                  Locale.ROOT,
                  "Against units %s; alone it would be %.4g.",
                  c.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                  c.estimate())));
    }
    return found;
  }

  private static String name(int cohort, Grain grain) {
    return cohort == UnitHistory.NEVER ? "never" : grain.name(cohort);
  }
}
