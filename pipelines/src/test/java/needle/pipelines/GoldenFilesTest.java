package needle.pipelines;

import java.io.IOException;
import java.nio.file.Path;
import needle.pipelines.command.GraphCommand;
import needle.pipelines.config.Declarations;
import needle.pipelines.run.Catalog;
import needle.pipelines.run.DataDictionary;
import needle.pipelines.run.JobGraph;
import org.junit.jupiter.api.Test;

class GoldenFilesTest {
  private final JobGraph graph =
      JobGraph.of(Declarations.read(Path.of("..", "pipelines")).contracts(), Catalog.jobs());

  @Test
  void theDataDictionaryDescribesTheTablesAsTheyAre() throws IOException {
    Golden.check("docs/data-dictionary.md", DataDictionary.markdown(graph));
  }

  @Test
  void airflowSchedulesTheGraphAsItIs() throws IOException {
    Golden.check("dags/job_graph.json", GraphCommand.json(graph) + "\n");
  }
}
