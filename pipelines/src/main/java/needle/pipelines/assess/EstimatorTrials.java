package needle.pipelines.assess;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import needle.kit.InvalidInput;
import needle.pipelines.assess.design.Question;
import needle.pipelines.assess.design.Question.Truthfulness;
import needle.pipelines.assess.design.Sample;
import needle.pipelines.assess.design.Truth;
import needle.pipelines.study.StudyRun;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Asks an estimator the same of many drawn panels, through all that {@code needle estimate} does.
 */
public final class EstimatorTrials {
  // A small panel's jobs are mostly the driver's work, of which one repetition fills one core.
  private static final int AT_A_TIME = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final SparkSession spark;

  public EstimatorTrials(SparkSession spark) {
    this.spark = spark.newSession();
    // One task per stage: panels are small, and several are judged at a time.
    this.spark.conf().set("spark.sql.shuffle.partitions", "1");
    this.spark.conf().set("spark.sql.adaptive.enabled", "false");
  }

  /** Asks a question so many times, and writes what came of it into the report. */
  public void report(Question question, int repetitions, CoverageReport report) throws IOException {
    report.question(question, of(question, repetitions));
  }

  /** The trials of the seeds 1 to so many. */
  List<Trial> of(Question question, int repetitions) {
    ExecutorService workers = Executors.newFixedThreadPool(AT_A_TIME);
    try {
      Path folder = Files.createTempDirectory("needle-coverage");
      Path study = Files.writeString(folder.resolve("study.yaml"), question.design().study());
      try {
        List<Future<Trial>> running = new ArrayList<>();
        for (long seed = 1; seed <= repetitions; seed++) {
          long one = seed;
          running.add(workers.submit(() -> trial(question, study, one)));
        }
        List<Trial> trials = new ArrayList<>();
        for (Future<Trial> trial : running) {
          trials.add(trial.get());
        }
        return trials;
      } finally {
        Files.delete(study);
        Files.delete(folder);
      }
    } catch (IOException | ExecutionException e) {
      throw new IllegalStateException("The question " + question + " could not be asked", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      workers.shutdownNow();
    }
  }

  private Trial trial(Question question, Path study, long seed) {
    Sample sample = question.design().draw(new SplittableRandom(seed));
    StudyRun.Answers answers =
        new StudyRun(spark)
            .answers(study, spark.createDataFrame(sample.rows(), sample.schema()).coalesce(1));
    if (answers.tables().isEmpty()) {
      try {
        answers.failed().report();
      } catch (InvalidInput e) {
        return Trial.refused(e.reason());
      }
    }
    StudyRun.Table verdicts = answers.tables().get("verdict");
    Row verdict = verdicts.rows().get(0);
    String word = verdict.getString(verdicts.schema().fieldIndex("verdict"));
    String reasons = verdict.getString(verdicts.schema().fieldIndex("reasons"));
    // Elsewhere an estimator may leave out what it cannot tell, and the verdict alone is judged.
    if (question.truthfulness() != Truthfulness.ASSUMPTIONS_HOLD) {
      return new Trial(List.of(), Optional.empty(), word, reasons);
    }
    Answer answer = new Answer(answers.tables().get("effects"));
    return new Trial(
        sample.truths().stream().map(answer::interval).toList(),
        sample.band().isEmpty()
            ? Optional.empty()
            : Optional.of(sample.band().stream().allMatch(answer::isInBand)),
        word,
        reasons);
  }

  /** The effects that a study told. */
  private record Answer(StudyRun.Table effects) {
    Trial.Interval interval(Truth truth) {
      Row row = row(truth);
      return new Trial.Interval(
          truth.row(),
          truth.value(),
          number(row, "estimate"),
          number(row, "std_error"),
          number(row, "ci_low"),
          number(row, "ci_high"));
    }

    boolean isInBand(Truth truth) {
      Row row = row(truth);
      return number(row, "band_low") <= truth.value() && truth.value() <= number(row, "band_high");
    }

    private Row row(Truth truth) {
      return effects.rows().stream()
          .filter(r -> truth.aggregation().equals(cell(r, "aggregation")))
          .filter(r -> truth.term().equals(cell(r, "term")))
          .filter(r -> truth.segment().equals(Optional.ofNullable(cell(r, "segment"))))
          .filter(r -> truth.dose().equals(Optional.ofNullable(cell(r, "dose"))))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalStateException("There is no effect for " + truth + " in " + effects));
    }

    private Object cell(Row row, String column) {
      return row.get(effects.schema().fieldIndex(column));
    }

    private double number(Row row, String column) {
      Object value = cell(row, column);
      return value == null ? Double.NaN : (Double) value;
    }
  }
}
