package needle.pipelines.study;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import needle.estimate.Faults;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** One study from its file to its four tables. */
public final class StudyRun {
  /** A table of results. */
  public record Table(StructType schema, List<Row> rows) {}

  private final SparkSession spark;

  public StudyRun(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What became of a study.
   *
   * @param tables of the methods that have an answer, by name, in the order they are read; none
   *     where no method has one
   * @param failed what is wrong with the others, each by its name
   */
  public record Answers(Map<String, Table> tables, Faults failed) {}

  /** Answers every method of the study file, or fails with what is wrong with any. */
  public Map<String, Table> run(Path file) {
    Answers answers = answers(file);
    answers.failed().report();
    return answers.tables();
  }

  /** Answers every method of the study file that can be answered. */
  public Answers answers(Path file) {
    StudyFile written = StudyFile.read(file);
    Path folder = file.toAbsolutePath().getParent();
    return answers(
        written, new PanelReader(spark).read(folder, written.panel().path(), written.names()));
  }

  /** The same of a panel that is at hand, wherever the file says that it lies. */
  public Answers answers(Path file, Dataset<Row> panel) {
    return answers(StudyFile.read(file), panel);
  }

  private Answers answers(StudyFile written, Dataset<Row> given) {
    Factors factors = Factors.of(given, written.covariates());
    Dataset<Row> panel = factors.panel();
    StudyFile study = written.adjustedFor(factors.covariates());
    StudyResults results = new StudyResults(study);
    Faults failed = new Faults("The study " + study.study());
    for (StudyFile.Question question : study.questions()) {
      try {
        results.add(question, question.estimator().estimate(panel, question.design()));
      } catch (InvalidInput e) {
        failed.add(
            "The method " + question.label() + " has no answer",
            e.problem() + ": " + e.reason(),
            e.remedy());
      }
    }
    Map<String, Table> tables = new LinkedHashMap<>();
    if (!results.isEmpty()) {
      tables.put("effects", new Table(StudyResults.EFFECTS, results.effects()));
      tables.put("diagnostics", new Table(StudyResults.DIAGNOSTICS, results.diagnostics()));
      tables.put("attrition", new Table(StudyResults.ATTRITION, results.attrition()));
      tables.put("verdict", new Table(StudyResults.VERDICT, results.verdicts()));
    }
    return new Answers(tables, failed);
  }
}
