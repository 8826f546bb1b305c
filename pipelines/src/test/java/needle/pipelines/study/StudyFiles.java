package needle.pipelines.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import needle.SparkTest;
import org.junit.jupiter.api.io.TempDir;

/** Study files of a test, in a folder of its own. */
abstract class StudyFiles extends SparkTest {
  static final String REPLICATIONS = "../pipelines/replications";
  @TempDir Path folder;

  Path study(String text) throws IOException {
    return Files.writeString(folder.resolve("study.yaml"), text);
  }

  String wage(String path, String method) {
    return """
    study: wage
    panel: {path: %s, unit: county, period: year}
    outcome: {column: log_teen_employment}
    treatment: {adopted: first_raised, never: 0}
    methods:
      - %s
    """
        .formatted(path, method);
  }

  static Path counties() {
    return Path.of(REPLICATIONS, "minimum_wage.csv").toAbsolutePath();
  }

  String experiment(String treatment, String method) {
    return """
    study: experiment
    panel: {path: %s, unit: person}
    outcome: {column: re78, good: up, smallest_effect_of_interest: 500}
    treatment: %s
    covariates: [age, educ, black, hisp, marr, nodegree, re74, re75]
    methods:
      - %s
    """
        .formatted(
            Path.of(REPLICATIONS, "job_training_experiment.csv").toAbsolutePath(),
            treatment,
            method);
  }
}
