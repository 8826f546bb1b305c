package needle.pipelines.study;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import needle.estimate.DoubleMachineLearning;
import needle.estimate.DoubleMachineLearning.Model;
import needle.estimate.Heterogeneity;
import needle.kit.Kpi.Direction;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the method that asks who gains into an estimator. */
final class HeterogeneityQuestions {
  private HeterogeneityQuestions() {}

  static Question segments(StudyFile study, Method method) {
    DoubleMachineLearning whole =
        CrossSectionQuestions.learned(
            study, method, study.hasDose() ? Model.PARTIALLY_LINEAR : Model.INTERACTIVE_ATE);
    Heterogeneity who =
        new Heterogeneity(
            whole,
            study.measured(),
            StudyQuestions.listed(method.segments()),
            method.modifiers() == null
                ? study.measured()
                : method.modifiers().stream().flatMap(m -> columns(study, m)).toList(),
            Optional.ofNullable(study.fold()),
            CrossSectionQuestions.folds(method),
            study.good().filter(Direction.DOWN::equals).isEmpty());
    return CrossSectionQuestions.question(study, method, who);
  }

  // Of a factor, those that its values have become. One that is no covariate stays, to be refused.
  private static Stream<String> columns(StudyFile study, String modifier) {
    List<String> columns =
        study.measured().stream()
            .filter(c -> c.equals(modifier) || c.startsWith(modifier + "="))
            .toList();
    return columns.isEmpty() ? Stream.of(modifier) : columns.stream();
  }
}
