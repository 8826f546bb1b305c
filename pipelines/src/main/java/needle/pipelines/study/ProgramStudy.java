package needle.pipelines.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate;
import needle.estimate.Faults;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What the methods of a study say of one program.
 *
 * @param program its name; none where the study is of a single one
 */
record ProgramStudy(Optional<String> program, List<Answer> answers, List<Refusal> refusals) {
  /** What a method found. */
  record Answer(Optional<String> program, String method, EffectEstimate estimate) {}

  /**
   * Why there is no answer.
   *
   * @param method none where the rows are not even such that a method could be asked
   */
  record Refusal(Optional<String> method, String problem, String reason, String remedy) {
    private static Refusal of(Optional<String> method, InvalidInput why) {
      return new Refusal(method, why.problem(), why.reason(), why.remedy());
    }

    /** Tells it of all programs of which it is true. */
    void tell(List<String> programs, Faults failed) {
      if (method.isEmpty() && programs.isEmpty()) {
        failed.add(problem, reason, remedy);
        return;
      }
      String whose = programs.size() == 1 ? " for the program " : " for the programs ";
      failed.add(
          method.map(m -> "The method " + m + " has no answer").orElse("No method has an answer")
              + (programs.isEmpty() ? "" : whose + String.join(", ", programs)),
          problem + ": " + reason,
          remedy);
    }
  }

  /** Asks every method of the rows of a program. */
  static ProgramStudy of(StudyFile written, Optional<String> program, Dataset<Row> rows) {
    List<Answer> answers = new ArrayList<>();
    List<Refusal> refusals = new ArrayList<>();
    try {
      // By program, as not every program has all values of a factor.
      Factors factors = Factors.of(rows, written.covariates());
      for (StudyFile.Question question : written.adjustedFor(factors.covariates()).questions()) {
        try {
          answers.add(
              new Answer(
                  program,
                  question.label(),
                  question.estimator().estimate(factors.panel(), question.design())));
        } catch (InvalidInput e) {
          refusals.add(Refusal.of(Optional.of(question.label()), e));
        }
      }
    } catch (InvalidInput e) {
      refusals.add(Refusal.of(Optional.empty(), e));
    }
    return new ProgramStudy(program, answers, refusals);
  }
}
