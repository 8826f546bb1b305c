package needle.pipelines.study;

import java.util.List;
import java.util.Optional;
import needle.estimate.DoubleMachineLearning;
import needle.estimate.Heterogeneity;
import needle.kit.Kpi.Direction;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the method that asks who gains into an estimator. */
final class HeterogeneityQuestions {
  private HeterogeneityQuestions() {}

  static Question segments(StudyFile study, Method method) {
    DoubleMachineLearning whole =
        CrossSectionQuestions.learned(study, method, DoubleMachineLearning.Model.INTERACTIVE_ATE);
    Heterogeneity who =
        new Heterogeneity(
            whole,
            study.measured(),
            method.segments() == null ? List.of() : method.segments(),
            method.modifiers() == null ? study.measured() : method.modifiers(),
            Optional.ofNullable(study.fold()),
            CrossSectionQuestions.folds(method),
            study.good().filter(Direction.DOWN::equals).isEmpty());
    return CrossSectionQuestions.question(study, method, who);
  }
}
