package needle.pipelines.study;

import java.util.Optional;
import java.util.OptionalInt;
import needle.estimate.InterruptedSeries;
import needle.estimate.InterruptedSeries.Errors;
import needle.estimate.InterruptedSeries.Season;
import needle.estimate.SyntheticDid;
import needle.pipelines.study.StudyFile.Method;
import needle.pipelines.study.StudyFile.Question;

/** Turns the methods for a few treated sites, or for one series alone, into estimators. */
final class FewSitesQuestions {
  private FewSitesQuestions() {}

  static Question synthetic(StudyFile study, Method method) {
    return new Question(
        method.label(),
        new SyntheticDid(
            StudyQuestions.choice(SyntheticDid.Inference.class, "inference", method.inference())),
        StudyQuestions.treated(study).build());
  }

  static Question series(StudyFile study, Method method) {
    Season season =
        StudyQuestions.choice(Season.class, "season", method.season()).orElse(Season.NONE);
    Errors errors =
        StudyQuestions.choice(Errors.class, "errors", method.errors())
            .orElse(Errors.RESTRICTED_LIKELIHOOD);
    StudyQuestions.refuse(method, season == Season.NONE && method.cycle() != null, "cycle");
    StudyQuestions.refuse(method, errors != Errors.NEWEY_WEST && method.lag() != null, "lag");
    return new Question(
        method.label(),
        new InterruptedSeries(
            Optional.ofNullable(method.per()),
            season,
            method.periodsOfCycle(study.panel().grain()),
            errors,
            method.lag() == null ? OptionalInt.empty() : OptionalInt.of(method.lag())),
        StudyQuestions.treated(study).build());
  }
}
