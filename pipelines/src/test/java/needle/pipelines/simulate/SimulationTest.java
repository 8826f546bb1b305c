package needle.pipelines.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.SparkTest;
import needle.kit.InvalidInput;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.pipelines.config.Declarations;
import needle.pipelines.ingest.Landing;
import needle.pipelines.run.Catalog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationTest extends SparkTest {
  private static final Company COMPANY = new Company(4_000, 36, 1);
  @TempDir Path folder;

  private static Map<String, String> files(Path root) {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> found = Files.walk(root)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        texts.put(root.relativize(file).toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return texts;
  }

  private void simulate(String where, long seed) {
    new Simulation(session(), 250, 14, seed).writeTo(folder.resolve(where).toString());
  }

  @Test
  void theSameSeedGivesTheSameFilesAndAnotherGivesOthers() {
    simulate("a", 1);
    simulate("b", 1);
    simulate("c", 2);
    assertThat(files(folder.resolve("b"))).isEqualTo(files(folder.resolve("a")));
    assertThat(files(folder.resolve("c")).get("landing/crm/case/2025-02-03/case_2025-02-03.csv"))
        .isNotEqualTo(
            files(folder.resolve("a")).get("landing/crm/case/2025-02-03/case_2025-02-03.csv"));
  }

  @Test
  void everyExtractThatJobsReadIsDeliveredAndNoOther() {
    Set<String> read =
        Catalog.jobs().stream()
            .flatMap(job -> job.inputs().stream())
            .filter(table -> table.layer() == Layer.BRONZE)
            .map(TableContract::name)
            .collect(Collectors.toSet());
    simulate("a", 1);
    List<String> folders =
        files(folder.resolve("a/landing")).keySet().stream()
            .filter(f -> !f.equals(Landing.SIMULATED))
            .map(f -> f.substring(0, f.indexOf('/', f.indexOf('/') + 1)))
            .distinct()
            .toList();
    assertThat(folders)
        .containsExactlyInAnyOrderElementsOf(
            Declarations.read(Path.of("..", "pipelines")).contracts().stream()
                .filter(c -> read.contains(c.id()))
                .map(c -> c.folder())
                .toList());
  }

  @Test
  void anotherSimulationTakesThePlaceOfTheFirst() throws IOException {
    simulate("a", 1);
    Files.writeString(folder.resolve("a/landing/stale.csv"), "left over");
    simulate("a", 2);
    assertThat(folder.resolve("a/landing/stale.csv")).doesNotExist();
  }

  @Test
  void extractsThatWereNotSimulatedAreNeverOverwritten() throws IOException {
    Path real = Files.createDirectories(folder.resolve("real/landing/crm"));
    Files.writeString(real.resolve("precious.csv"), "x");
    assertThatThrownBy(() -> simulate("real", 1))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("were not simulated");
    assertThat(real.resolve("precious.csv")).hasContent("x");
  }

  @Test
  void aCompanyThatCannotBeSimulatedIsRefusedWithAllItsFaults() {
    assertThatThrownBy(() -> new Company(3, 5, 1))
        .isInstanceOf(InvalidInput.class)
        .hasMessageContaining("--employees is 3")
        .hasMessageContaining("--months is 5");
  }

  @Test
  void theTruthAnswersExactlyTheQuestionsOfThePlans() {
    List<String> planned = new ArrayList<>();
    Declarations.read(Path.of("..", "pipelines"))
        .plans()
        .forEach(p -> p.questions().forEach(q -> planned.add(p.programId() + "/" + q.kpiId())));
    assertThat(Truth.all())
        .extracting(t -> t.program().id() + "/" + t.kpi())
        .containsExactlyInAnyOrderElementsOf(planned);
  }

  /** Mean of a figure over all person-months, trained less what they would have been untrained. */
  private static double planted(
      Program program, JobFunction function, ToDoubleBiFunction<Employment, Integer> figure) {
    double sum = 0;
    int months = 0;
    for (int site = 0; site < COMPANY.sites(); site++) {
      for (Person person : Site.simulate(COMPANY, site).people()) {
        int trained = person.trainedIn(program);
        if (trained == Program.NEVER) {
          continue;
        }
        List<Double> after = new ArrayList<>();
        for (int month = trained; month < COMPANY.months(); month++) {
          Employment job = person.employmentIn(month);
          if (job != null && job.function() == function) {
            after.add(figure.applyAsDouble(job, month));
          }
        }
        person.train(program, Program.NEVER, 0);
        int i = 0;
        for (int month = trained; month < COMPANY.months(); month++) {
          Employment job = person.employmentIn(month);
          if (job != null && job.function() == function) {
            sum += after.get(i++) - figure.applyAsDouble(job, month);
            months++;
          }
        }
      }
    }
    assertThat(months).isPositive();
    return sum / months;
  }

  @Test
  void whatTrainingChangesIsWhatTheTruthSays() {
    KpiProcess process = new KpiProcess(COMPANY);
    ToDoubleBiFunction<Employment, Integer> revenue =
        (job, month) ->
            process.dealsClosed(job, month)
                * process.winProbability(job, month)
                * process.dealAmount(job, month);
    Map<Program, Double> effects = new TreeMap<>();
    effects.put(
        Program.SAFETY,
        planted(Program.SAFETY, JobFunction.OPERATIONS, process::incidentsPer1000Hours));
    effects.put(
        Program.SALES_ENABLEMENT, planted(Program.SALES_ENABLEMENT, JobFunction.SALES, revenue));
    effects.put(
        Program.SERVICE_SKILLS,
        planted(Program.SERVICE_SKILLS, JobFunction.SERVICE, process::satisfied));
    effects.put(
        Program.SPEED_CALLS, planted(Program.SPEED_CALLS, JobFunction.SERVICE, process::reopened));
    effects.put(
        Program.COMPLIANCE_REFRESHER,
        planted(Program.COMPLIANCE_REFRESHER, JobFunction.CORPORATE, process::findings));
    effects.put(
        Program.INSPIRING_PRESENTATIONS,
        planted(Program.INSPIRING_PRESENTATIONS, JobFunction.SALES, process::winProbability));
    effects.put(
        Program.NEGOTIATION_MASTERCLASS,
        planted(Program.NEGOTIATION_MASTERCLASS, JobFunction.SALES, revenue));
    effects.forEach(
        (program, effect) -> {
          Truth truth =
              Truth.all().stream()
                  .filter(
                      t ->
                          t.program() == program && t.effect() != 0
                              || t.program() == program && t.verdict().equals("no_effect"))
                  .findFirst()
                  .orElseThrow();
          assertThat(effect)
              .as("%s", program)
              .isCloseTo(truth.effect(), within(1e-9 * Math.max(1, Math.abs(truth.effect()))));
        });
  }

  @Test
  void managersSendThePeopleWhoSeemToNeedItSoTheTrainedDifferBeforehand() {
    double trained = 0;
    double untrained = 0;
    int trainedCount = 0;
    int untrainedCount = 0;
    for (int site = 0; site < COMPANY.sites(); site++) {
      for (Person person : Site.simulate(COMPANY, site).people()) {
        if (person.employments().get(0).function() != JobFunction.OPERATIONS) {
          continue;
        }
        if (person.trainedIn(Program.SAFETY) == Program.NEVER) {
          untrained += person.performance();
          untrainedCount++;
        } else {
          trained += person.performance();
          trainedCount++;
        }
      }
    }
    assertThat(trained / trainedCount).isLessThan(untrained / untrainedCount - 0.2);
  }
}
