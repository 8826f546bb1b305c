package needle.pipelines.study;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import needle.estimate.Faults;
import needle.kit.Waiting;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** One study from its file to its four tables. */
public final class StudyRun {
  /** A table of results. */
  public record Table(StructType schema, List<Row> rows) {}

  // As in a run: a program of a few thousand people mostly waits for Spark.
  private static final int AT_A_TIME = 3;

  private final SparkSession spark;

  public StudyRun(SparkSession spark) {
    this.spark = spark;
  }

  /**
   * What became of a study.
   *
   * @param tables of the methods that have an answer, by name, in the order they are read; none
   *     where no method has one
   * @param failed what is wrong with the others, each by its name and that of its programs
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
        written,
        new PanelReader(spark)
            .read(folder, written.panel().path(), written.names(), StudyColumn.numbersOf(written)));
  }

  /** The same of a panel that is at hand, wherever the file says that it lies. */
  public Answers answers(Path file, Dataset<Row> panel) {
    return answers(StudyFile.read(file), panel);
  }

  private static Answers answers(StudyFile study, Dataset<Row> given) {
    Dataset<Row> numbered = DatedPeriods.of(study).numbered(given);
    try (ProgramPanels panels = ProgramPanels.of(numbered, study)) {
      List<Callable<ProgramStudy>> programs = new ArrayList<>();
      panels.programs().forEach(p -> programs.add(() -> ProgramStudy.of(study, p, panels.of(p))));
      StudyResults results = new StudyResults(study, panels.leftOut());
      Map<ProgramStudy.Refusal, List<String>> refusals = new LinkedHashMap<>();
      for (ProgramStudy program : Waiting.onAll(programs, AT_A_TIME)) {
        program.answers().forEach(results::add);
        program
            .refusals()
            .forEach(
                why ->
                    refusals
                        .computeIfAbsent(why, first -> new ArrayList<>())
                        .addAll(program.program().stream().toList()));
      }
      Faults failed = new Faults("The study " + study.study());
      refusals.forEach((why, of) -> why.tell(of, failed));
      return new Answers(tables(results), failed);
    }
  }

  private static Map<String, Table> tables(StudyResults results) {
    Map<String, Table> tables = new LinkedHashMap<>();
    if (!results.isEmpty()) {
      tables.put("effects", new Table(StudyResults.EFFECTS, results.effects()));
      tables.put("diagnostics", new Table(StudyResults.DIAGNOSTICS, results.diagnostics()));
      tables.put("attrition", new Table(StudyResults.ATTRITION, results.attrition()));
      tables.put("verdict", new Table(StudyResults.VERDICT, results.verdicts()));
    }
    return tables;
  }
}
