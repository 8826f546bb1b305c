package needle.pipelines.study;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

  /** Answers every method of the study file; the tables by name, in the order they are read. */
  public Map<String, Table> run(Path file) {
    StudyFile study = StudyFile.read(file);
    Path folder = file.toAbsolutePath().getParent();
    Dataset<Row> panel = new PanelReader(spark).read(folder, study.panel().path(), study.names());
    StudyResults results = new StudyResults(study);
    for (StudyFile.Question question : study.questions()) {
      results.add(question, question.estimator().estimate(panel, question.design()));
    }
    Map<String, Table> tables = new LinkedHashMap<>();
    tables.put("effects", new Table(StudyResults.EFFECTS, results.effects()));
    tables.put("diagnostics", new Table(StudyResults.DIAGNOSTICS, results.diagnostics()));
    tables.put("attrition", new Table(StudyResults.ATTRITION, results.attrition()));
    tables.put("verdict", new Table(StudyResults.VERDICT, results.verdicts()));
    return tables;
  }
}
