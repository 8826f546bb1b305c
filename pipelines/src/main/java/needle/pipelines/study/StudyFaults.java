package needle.pipelines.study;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import needle.estimate.Grain;
import needle.kit.Sensitivity;
import needle.pipelines.study.StudyFile.Method;

/** What is wrong with a study file before its methods are looked at one by one. */
final class StudyFaults {
  private final StudyFile study;
  private final List<String> faults = new ArrayList<>();

  StudyFaults(StudyFile study) {
    this.study = study;
  }

  /** The faults, in the order of the file. */
  List<String> found() {
    outcome();
    if (!study.measured().isEmpty()) {
      ignoresCovariates();
    }
    covariates();
    treatment();
    if (study.panel().followed() != null && study.panel().period() == null) {
      faults.add("panel.followed has a meaning for panels with a period only");
    }
    grain();
    if (study.methods().isEmpty()) {
      faults.add("methods is empty");
    }
    sensitivity();
    placebos();
    programs();
    return faults;
  }

  private void grain() {
    if (study.panel().grain() == Grain.NUMBER) {
      return;
    }
    if (study.panel().period() == null) {
      faults.add("panel.grain has a meaning for panels with a period only");
    }
    if (study.treatment() != null && study.treatment().never() != null) {
      faults.add(
          "treatment.never is "
              + study.treatment().never()
              + ", and panel.grain says that the first treated period is a date: leave never out,"
              + " and the date empty for never");
    }
  }

  private void outcome() {
    if (!StudyFile.FAMILIES.contains(study.family())) {
      faults.add(
          "outcome.family is "
              + study.outcome().family()
              + ", and must be one of "
              + String.join(", ", StudyFile.FAMILIES));
    }
    outcomeColumns();
    if (study.outcome().exposure() != null && !study.isPoisson()) {
      faults.add("outcome.exposure has a meaning for the family poisson only");
    }
    if (study.outcome().trials() != null && !StudyFile.BINOMIAL.equals(study.family())) {
      faults.add("outcome.trials has a meaning for the family binomial only");
    }
    if ((study.outcome().good() == null) != (study.outcome().smallestEffectOfInterest() == null)) {
      faults.add(
          "outcome needs both good and smallest_effect_of_interest for a verdict, or neither");
    }
    if (study.outcome().smallestEffectOfInterest() != null
        && !(study.outcome().smallestEffectOfInterest() > 0)) {
      faults.add(
          "outcome.smallest_effect_of_interest is "
              + study.outcome().smallestEffectOfInterest()
              + ", and must be above zero, whatever the direction");
    }
  }

  private void treatment() {
    if (study.treatment() != null
        && Stream.of(
                    study.treatment().adopted(),
                    study.treatment().exposed(),
                    study.treatment().dose(),
                    study.treatment().at())
                .filter(Objects::nonNull)
                .count()
            != 1) {
      faults.add("treatment needs one of adopted, exposed, dose and at");
    }
    if (study.treatment() != null && study.treatment().at() != null && !study.isDuration()) {
      faults.add("treatment.at has a meaning for the family duration only");
    }
    if (study.trim() != null
        && !(study.trim().size() == 2
            && 0 <= study.low()
            && study.low() < study.high()
            && study.high() <= 1)) {
      faults.add(
          "trim is " + study.trim() + ", and must be two probabilities, the lower one first");
    }
    ignored("trim", study.trim(), kind -> kind.takesTrim(study.hasDose()));
    ignored("fold", study.fold(), EstimatorKind::crossFits);
  }

  // A key that nothing reads would seem to have been obeyed.
  private void ignored(String key, Object given, Predicate<EstimatorKind> reads) {
    List<EstimatorKind> kinds =
        study.methods().stream().flatMap(m -> EstimatorKind.of(m.estimator()).stream()).toList();
    if (given != null && !kinds.isEmpty() && kinds.stream().noneMatch(reads)) {
      faults.add(
          key
              + " is "
              + given
              + ", and no method reads it: leave it out, or choose one of "
              + String.join(", ", EstimatorKind.words(reads)));
    }
  }

  private void sensitivity() {
    Set<Sensitivity> ways = study.asked(faults).keySet();
    if ((study.pairs() == null) == ways.contains(Sensitivity.ROSENBAUM)) {
      faults.add("rosenbaum in sensitivity and the column pairs need each other");
    }
    if ((study.selection() == null) == ways.contains(Sensitivity.LEE_BOUNDS)) {
      faults.add("lee_bounds in sensitivity and the column selection need each other");
    }
    for (Sensitivity asked : ways) {
      if (study.methods().stream().noneMatch(m -> asked.estimators().contains(m.estimator()))) {
        faults.add(
            "sensitivity lists "
                + asked.word()
                + ", which has a meaning for "
                + String.join(", ", asked.estimators())
                + " only");
      }
      if (study.hasDose() && asked.needsTwoSides()) {
        faults.add(
            "sensitivity lists "
                + asked.word()
                + ", which has a meaning for a treatment of 0 and 1 only, and the treatment is the"
                + " dose "
                + study.treatment().dose());
      }
    }
    dependence(ways);
  }

  // These analyses have errors, or ranks, of what is independent, whatever the method's own allow.
  private void dependence(Set<Sensitivity> ways) {
    List<String> clusters = StudyQuestions.listed(study.cluster());
    if (clusters.isEmpty() || clusters.equals(List.of(study.panel().unit()))) {
      return;
    }
    if (ways.contains(Sensitivity.LEE_BOUNDS)) {
      faults.add(
          "sensitivity lists lee_bounds, which has errors for independent units only, and cluster"
              + " lists "
              + clusters);
    }
    if (ways.contains(Sensitivity.ROSENBAUM)
        && study.pairs() != null
        && !clusters.equals(List.of(study.pairs()))) {
      faults.add(
          "sensitivity lists rosenbaum, which is for independent pairs only, and cluster lists "
              + clusters
              + ", which may hold several");
    }
  }

  private void placebos() {
    if (study.placeboOutcomes() != null && study.placebos().isEmpty()) {
      faults.add("placebo_outcomes is empty");
    }
    Set<String> seen = new HashSet<>();
    for (String outcome : study.placebos()) {
      if (!seen.add(outcome)) {
        faults.add("placebo_outcomes lists " + outcome + " twice");
      }
      if (outcomeOrTreatment().contains(outcome) || study.measured().contains(outcome)) {
        faults.add(
            "the placebo outcome "
                + outcome
                + " is the outcome, the treatment or a covariate: on the first treatment may have an"
                + " effect, and with the others there is none to look for");
      }
    }
  }

  // Within a program it is the same in every row, and tells nothing.
  private void programs() {
    StudyColumn.of(study).stream()
        .filter(column -> column.name().equals(study.programs()))
        .forEach(
            column ->
                faults.add(
                    "programs names the column "
                        + column.name()
                        + ", and so does "
                        + column.role()
                        + ": the column of the programs has no other role"));
  }

  private void outcomeColumns() {
    if (study.isDuration()) {
      if (study.outcome().end() == null
          || study.outcome().event() == null
          || study.outcome().column() != null) {
        faults.add("outcome of the family duration needs end and event, and no column");
      }
      if (study.outcome().cause() != null && study.outcome().cause() < 1) {
        faults.add(
            "outcome.cause is " + study.outcome().cause() + ", and 0 means that nothing happened");
      }
      if (study.panel().period() != null) {
        faults.add("panel.period has no meaning for the family duration: one row per duration");
      }
    } else {
      if (study.outcome().column() == null) {
        faults.add("outcome.column is missing");
      }
      if (Stream.of(
              study.outcome().start(),
              study.outcome().end(),
              study.outcome().event(),
              study.outcome().cause())
          .anyMatch(Objects::nonNull)) {
        faults.add(
            "outcome.start, end, event and cause have a meaning for the family duration only");
      }
    }
  }

  private void covariates() {
    Set<String> seen = new HashSet<>();
    for (Covariate covariate : study.covariates()) {
      if (!seen.add(covariate.name())) {
        faults.add("covariates lists " + covariate.name() + " twice");
      }
      if (outcomeOrTreatment().contains(covariate.name())) {
        faults.add(
            "the covariate "
                + covariate.name()
                + " is the outcome or the treatment itself: what is adjusted for cannot be what is"
                + " studied");
      }
      // A bad control: Rosenbaum 1984; Angrist & Pischke 2009, section 3.2.3.
      if (covariate.measured() == Covariate.When.AFTER) {
        faults.add(
            "the covariate "
                + covariate.name()
                + " is measured after treatment, which may have changed it: adjusting for it would"
                + " hide a part of the effect or make one up; leave it out, or take its value before");
      }
    }
  }

  private Set<String> outcomeOrTreatment() {
    Set<String> columns = new HashSet<>();
    Stream.of(study.outcome().column(), study.outcome().end(), study.outcome().event())
        .forEach(columns::add);
    if (study.treatment() != null) {
      Stream.of(
              study.treatment().adopted(),
              study.treatment().exposed(),
              study.treatment().dose(),
              study.treatment().at())
          .forEach(columns::add);
    }
    return columns;
  }

  // Covariates that are listed have to be used, or the method has to say that it does not.
  private void ignoresCovariates() {
    for (int i = 0; i < study.methods().size(); i++) {
      if (List.of("staggered_did", "forecast").contains(study.methods().get(i).estimator())
          && study.methods().get(i).nuisance() == null) {
        faults.add(
            "methods["
                + i
                + "] does not say what becomes of the covariates "
                + study.measured()
                + ": give nuisance, none to leave them out");
      }
    }
    if (!study.methods().isEmpty()
        && study.methods().stream().allMatch(Method::ignoresCovariates)) {
      faults.add("covariates lists " + study.measured() + ", and no method uses them");
    }
  }
}
