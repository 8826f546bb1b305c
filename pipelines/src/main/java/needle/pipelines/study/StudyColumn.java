package needle.pipelines.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A column that a study file names.
 *
 * @param role the key that names it, such as panel.unit
 */
record StudyColumn(String role, String name) {

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
