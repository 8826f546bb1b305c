package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.estimate.EffectEstimate.Status;
import needle.estimate.Mediation.MediationRow;
import needle.estimate.Mediation.MediationSums;

/** What mediation takes for granted, and how much of it would have to be wrong. */
final class MediationChecks {
  private MediationChecks() {}

  static Diagnostic timing(String mediator, Optional<Mediation.Measured> measured) {
    return new Diagnostic(
        "mediator_timing",
        "measured_after",
        measured.isPresent() ? 1 : Double.NaN,
        Double.NaN,
        measured.isPresent() ? Status.PASS : Status.WARNING,
        measured.isPresent()
            ? "The study says that the mediator was measured after treatment."
            : "The study does not say when "
                + mediator
                + " was measured; before treatment it could mediate nothing.");
  }

  /** Sequential ignorability (Imai, Keele & Tingley 2010, assumption 1). */
  static Diagnostic ignorability() {
    return new Diagnostic(
        "sequential_ignorability",
        "assumed",
        Double.NaN,
        Double.NaN,
        Status.WARNING,
        "Right only if, beside the treatment, the covariates are also all that decides both the"
            + " mediator and the outcome, and nothing that treatment changed does. That cannot be"
            + " tested, not even where treatment was drawn by lot.");
  }

  /**
   * The correlation between the errors of mediator and outcome at which the indirect effect would
   * be zero: that of the residuals of both on treatment and covariates (Imai, Keele & Yamamoto
   * 2010, theorem 4); with an interaction on each side of the treatment.
   */
  static List<Diagnostic> correlations(MediationSums sums, MediationRow row, boolean interacts) {
    if (!interacts) {
      return List.of(told("rho_at_zero", correlation(sums, row, row.early(), -1)));
    }
    List<Diagnostic> found = new ArrayList<>();
    for (int side = 0; side < 2; side++) {
      found.add(
          told(
              side == 0 ? "rho_at_zero_untreated" : "rho_at_zero_treated",
              correlation(sums, row, row.covariates() + 1, side)));
    }
    return found;
  }

  // Of what the first columns leave of mediator and outcome.
  private static double correlation(MediationSums sums, MediationRow row, int width, int side) {
    double[] matrix = sums.products(width, side);
    Optional<SymmetricSolver> solver = SymmetricSolver.of(matrix);
    if (solver.isEmpty()) {
      return Double.NaN;
    }
    int m = row.mediator();
    int y = row.outcome();
    double[] ofMediator = solver.get().solve(sums.with(m, width, side));
    double[] ofOutcome = solver.get().solve(sums.with(y, width, side));
    double mm = sums.of(m, m, side);
    double yy = sums.of(y, y, side);
    double my = sums.of(m, y, side);
    for (int i = 0; i < width; i++) {
      mm -= ofMediator[i] * sums.of(m, i, side);
      yy -= ofOutcome[i] * sums.of(y, i, side);
      my -= ofOutcome[i] * sums.of(m, i, side);
    }
    return my / Math.sqrt(mm * yy);
  }

  private static Diagnostic told(String statistic, double rho) {
    return new Diagnostic(
        "sensitivity",
        statistic,
        rho,
        Double.NaN,
        Status.PASS,
        String.format(
            Locale.ROOT,
            "Something unseen that moves mediator and outcome, so that their errors correlate by"
                + " this much, would explain the indirect effect away; the product of the shares"
                + " that it tells of what is left of both is then %.3f.",
            rho * rho));
  }
}
