package needle.pipelines.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import needle.estimate.Grain;

/**
 * A column that a study file names.
 *
 * @param role the key that names it, such as panel.unit
 */
record StudyColumn(String role, String name) {

  // Keys of columns whose values are told apart and never computed with.
  private static final Set<String> NAMES =
      Set.of(
          "unit",
          "cluster",
          "fold",
          "pairs",
          "peers",
          "absorb",
          "by",
          "categorical",
          "cells",
          "segments");

  // Keys of columns that may hold dates.
  private static final Set<String> DATES = Set.of("period", "adopted");

  // Keys under which a factor stands for the columns that its values become.
  private static final Set<String> FACTORS = Set.of("covariates", "modifiers");

  /** All but that of the programs, in the order of the file. */
  static List<StudyColumn> of(StudyFile study) {
    Listed listed = new Listed();
    listed.add("panel.unit", study.panel().unit());
    listed.add("panel.period", study.panel().period());
    listed.add("outcome.column", study.outcome().column());
    listed.add("outcome.exposure", study.outcome().exposure());
    listed.add("outcome.trials", study.outcome().trials());
    listed.add("outcome.start", study.outcome().start());
    listed.add("outcome.end", study.outcome().end());
    listed.add("outcome.event", study.outcome().event());
    if (study.treatment() != null) {
      listed.add("treatment.adopted", study.treatment().adopted());
      listed.add("treatment.exposed", study.treatment().exposed());
      listed.add("treatment.dose", study.treatment().dose());
      listed.add("treatment.at", study.treatment().at());
    }
    listed.add("covariates", study.measured());
    listed.add("cluster", study.cluster());
    listed.add("weights", study.weights());
    listed.add("fold", study.fold());
    listed.add("pairs", study.pairs());
    listed.add("selection", study.selection());
    listed.add("peers", study.peers());
    listed.add("placebo_outcomes", study.placebos());
    for (int i = 0; i < study.methods().size(); i++) {
      listed.method("methods[" + i + "].", study.methods().get(i));
    }
    return listed.columns;
  }

  /** Those that are computed with. */
  static List<StudyColumn> numbersOf(StudyFile study) {
    Set<String> factors =
        study.covariates().stream()
            .filter(Covariate::isFactor)
            .map(Covariate::name)
            .collect(Collectors.toSet());
    return of(study).stream()
        .filter(c -> !NAMES.contains(c.key()) && !isDate(study, c))
        .filter(c -> !(FACTORS.contains(c.key()) && factors.contains(c.name())))
        .toList();
  }

  /** Those that hold dates, where the study says how long a period is. */
  static List<StudyColumn> datesOf(StudyFile study) {
    return of(study).stream().filter(c -> isDate(study, c)).toList();
  }

  private static boolean isDate(StudyFile study, StudyColumn column) {
    return study.panel().grain() != Grain.NUMBER && DATES.contains(column.key());
  }

  /** What to do about text among its numbers. */
  String remedy() {
    String others = "leave a cell empty, or write NA, where nothing is known";
    return switch (key()) {
      case "period", "adopted" ->
          "say the grain of the panel, such as grain: month, where they are dates, or number them,"
              + " months as 12 × year + month; "
              + others;
      case "exposed", "selection", "event", "programs" -> "write 1 for yes and 0 for no; " + others;
      case "covariates" ->
          "write numbers, with a point for decimals, or {name: "
              + name
              + ", factor: true} in covariates where the values are names; "
              + others;
      default -> "write numbers, with a point for decimals; " + others;
    };
  }

  private String key() {
    return role.substring(role.lastIndexOf('.') + 1);
  }

  private static final class Listed {
    private final List<StudyColumn> columns = new ArrayList<>();

    private void method(String at, StudyFile.Method method) {
      add(at + "regressors", method.regressors());
      add(at + "absorb", method.absorb());
      add(at + "modifiers", method.modifiers());
      add(at + "by", method.by());
      add(at + "categorical", method.categorical());
      add(at + "cells", method.cells());
      add(at + "programs", method.programs());
      add(at + "segments", method.segments());
      add(at + "mediator", method.mediator());
      add(at + "per", method.per());
    }

    private void add(String role, String name) {
      if (name != null) {
        columns.add(new StudyColumn(role, name));
      }
    }

    private void add(String role, List<String> names) {
      StudyQuestions.listed(names).stream()
          .filter(Objects::nonNull)
          .forEach(name -> add(role, name));
    }
  }
}
