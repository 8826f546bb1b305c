package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Effect;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Why a KPI's mean changed between two windows of time: what each program did, who was there, what
 * moved everybody, and what is left; the parts add up to the change.
 *
 * <p>An untreated outcome is its unit's level plus its period's intercept, both from untreated
 * outcomes alone, so effects are those of imputation (Borusyak, Jaravel & Spiess 2024), averaged by
 * the time since a program began. A part is the difference of the windows' means of one summand.
 */
public final class Attribution implements EffectEstimator {
  /** Programs are bits of a number. */
  static final int MOST_PROGRAMS = 62;

  private final List<String> programs;
  private final List<String> segments;
  private final GroupPair.Span from;
  private final GroupPair.Span to;
  private final boolean isLasting;

  /**
   * @param programs columns that are 0 until a program reaches a unit, and 1 from then on
   * @param segments columns whose shares the mix is told by; none for the mix of people alone
   * @param isLasting whether a program's effect is the same at all times since it began
   */
  public Attribution(
      List<String> programs,
      List<String> segments,
      GroupPair.Span from,
      GroupPair.Span to,
      boolean isLasting) {
    this.programs = List.copyOf(programs);
    this.segments = List.copyOf(segments);
    this.from = from;
    this.to = to;
    this.isLasting = isLasting;
    Faults faults = new Faults("The attribution");
    if (programs.isEmpty() || programs.size() > MOST_PROGRAMS) {
      faults.add(
          "There is nothing to attribute a change to",
          programs.size() + " programs are listed",
          "list 1 to " + MOST_PROGRAMS + " columns");
    }
    if (programs.stream().distinct().count() < programs.size()) {
      faults.add("A program stands twice", "the programs are " + programs, "name each once");
    }
    if (from.first() <= to.last() && to.first() <= from.last()) {
      faults.add(
          "The two spans overlap",
          "a period is in both " + from.text() + " and " + to.text(),
          "compare spans that have no period in common");
    }
    faults.report();
  }

  @Override
  public String name() {
    return "attribution";
  }

  @Override
  public EffectEstimate estimate(Dataset<Row> panel, StudyDesign design) {
    if (design.period().isEmpty()) {
      throw new InvalidInput(
          "The study has no time",
          "a change is one between periods",
          "name the column of the period");
    }
    PanelColumns.check(panel.schema(), design, programs, segments);
    try (ExposedUnits read = ExposedUnits.of(panel, design, programs, segments)) {
      return estimate(read, design);
    }
  }

  private EffectEstimate estimate(ExposedUnits read, StudyDesign design) {
    JavaRDD<ExposedUnit> units = read.units();
    int[] all = OrderedSums.of(units, new UntreatedPeriods.Survey()).periods();
    UntreatedPeriods untreated = OrderedSums.of(units, new UntreatedPeriods(all));
    int[] periods = comparable(untreated, all);
    PeriodEquations equations = PeriodEquations.of(untreated.matrix(periods), periods.length);
    double[] intercepts = equations.solve(untreated.rightSide(periods));
    ProgramCounts counts = OrderedSums.of(units, new ProgramCounts(periods, programs.size()));
    requireControls(counts);
    ProgramTerms terms = ProgramTerms.of(counts.since, counts.sets, isLasting);
    ProgramSums sums = OrderedSums.of(units, new ProgramSums(periods, intercepts, terms));
    IdentifiedTerms identified = IdentifiedTerms.of(terms, sums.products);
    LinearFit fit = fit(sums, identified, terms);
    AttributionModel model =
        new AttributionModel(
            periods,
            intercepts,
            terms,
            effects(fit, identified, terms),
            identified.groups().stream().mapToLong(Long::longValue).toArray(),
            from,
            to,
            read.segments().size());
    WindowSums windows = OrderedSums.of(units, new WindowSums(model));
    List<String> groups =
        identified.groups().stream().map(g -> ProgramTerms.name(g, programs)).toList();
    ContributionParts contributions =
        new ContributionParts(model, groups, read.segments(), windows.means());
    List<ContributionParts.Part> parts = new ArrayList<>(contributions.all());
    parts.addAll(contributions.effects(identified.kept(), programs));
    ContributionScores.Forms forms =
        ContributionScores.forms(model, parts, windows, sums, equations, fit, identified.kept());
    ClusterSums scores = OrderedSums.of(units, new ContributionScores(model, forms)).sums;
    AttributionResult result =
        new AttributionResult(design, model, programs, identified, counts, sums, windows, scores);
    List<Diagnostic> checks = new ArrayList<>(result.diagnostics());
    checks.add(UntreatedLeads.check(units, periods, intercepts, equations));
    List<Effect> effects = result.effects(parts);
    return new EffectEstimate(
        name(), effects.get(0), effects, checks, attrition(untreated, windows), result.freedom());
  }

  // The periods that untreated units connect, all of both windows among them.
  private int[] comparable(UntreatedPeriods untreated, int[] all) {
    TreeSet<Integer> seen = new TreeSet<>(Arrays.stream(all).boxed().toList());
    from.requireAll(seen);
    to.requireAll(seen);
    int start = Arrays.stream(all).filter(from::holds).findFirst().orElseThrow();
    int[] periods = untreated.connectedWith(start);
    for (int t : all) {
      if ((from.holds(t) || to.holds(t)) && Arrays.binarySearch(periods, t) < 0) {
        throw new InvalidInput(
            "There is no control group in period "
                + from.grain().name(periods.length == 0 ? start : t),
            "what moved everybody is told by people whom no program has reached; in this period"
                + " there are none who were also seen so in the others",
            "choose other spans, leave out the program that reached everybody, or supply people"
                + " it did not reach");
      }
    }
    return periods;
  }

  private void requireControls(ProgramCounts counts) {
    Faults faults = new Faults("The programs");
    for (int p = 0; p < programs.size(); p++) {
      if (counts.compared[p] == 0) {
        faults.add(
            counts.reached[p] == 0
                ? "Nobody took " + programs.get(p)
                : "The program " + programs.get(p) + " has no control group",
            counts.reached[p] == 0
                ? "the column is 0 wherever the outcome was observed"
                : "none of the "
                    + counts.reached[p]
                    + " it reached was seen before any program in periods with others untreated",
            "leave the program out; its effect is then in what is common, mixed or unexplained");
      }
    }
    faults.report();
  }

  private LinearFit fit(ProgramSums sums, IdentifiedTerms identified, ProgramTerms terms) {
    int[] kept = identified.kept();
    double[] matrix = new double[kept.length * kept.length];
    double[] withEffect = new double[kept.length];
    for (int i = 0; i < kept.length; i++) {
      withEffect[i] = sums.withEffect[kept[i]];
      for (int j = 0; j < kept.length; j++) {
        matrix[i * kept.length + j] = sums.products[kept[i] * terms.size() + kept[j]];
      }
    }
    return LinearFit.of(matrix, withEffect, "among those it reached", programs);
  }

  private static double[] effects(LinearFit fit, IdentifiedTerms identified, ProgramTerms terms) {
    double[] effects = new double[terms.size()];
    for (int i = 0; i < identified.kept().length; i++) {
      effects[identified.kept()[i]] = fit.coefficients()[i];
    }
    return effects;
  }

  private static List<AttritionStep> attrition(UntreatedPeriods read, WindowSums windows) {
    return List.of(
        new AttritionStep("read", read.units, read.rows, "units and rows of the panel"),
        new AttritionStep(
            "no_outcome",
            read.units - read.unitsObserved,
            read.rows - read.observed,
            "the outcome was not observed"),
        new AttritionStep(
            "no_comparison",
            read.unitsObserved - windows.analysedUnits,
            read.observed - windows.analysedRows,
            "in the period there is nobody untreated who was also seen so in the windows"),
        new AttritionStep(
            "analysed", windows.analysedUnits, windows.analysedRows, "they enter the estimate"));
  }
}
