package needle.pipelines.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.estimate.Circularity;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;

/** All that people have declared: extract contracts, KPIs and plans, consistent with each other. */
public record Declarations(
    List<ExtractContract> contracts, List<Kpi> kpis, List<MeasurementPlan> plans, String hash) {

  /** Reads {@code contracts}, {@code kpis} and {@code plans} below a folder. */
  public static Declarations read(Path folder) {
    List<ExtractContract> contracts =
        Yaml.readAll(
            folder.resolve("contracts"), ContractFile.class, "contract", ContractFile::toContract);
    List<Kpi> kpis = Yaml.readAll(folder.resolve("kpis"), KpiFile.class, "KPI", KpiFile::toKpi);
    List<MeasurementPlan> plans =
        Yaml.readAll(folder.resolve("plans"), PlanFile.class, "plan", PlanFile::toPlan);
    List<String> faults = new ArrayList<>();
    faults.addAll(repeated(contracts, ExtractContract::id, "contract"));
    faults.addAll(repeated(kpis, Kpi::kpiId, "KPI"));
    faults.addAll(repeated(plans, MeasurementPlan::programId, "program"));
    Set<String> known = kpis.stream().map(Kpi::kpiId).collect(Collectors.toSet());
    faults.addAll(circular(kpis, plans));
    faults.addAll(durations(kpis, plans));
    for (MeasurementPlan plan : plans) {
      for (MeasurementPlan.Question question : plan.questions()) {
        if (!known.contains(question.kpiId())) {
          faults.add(
              "plan "
                  + plan.programId()
                  + " asks for KPI "
                  + question.kpiId()
                  + ", which is not in kpis");
        }
      }
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          faults.size() + " fault(s) between the declarations of " + folder,
          String.join("\n          ", faults),
          "give every contract, KPI and program one file, and name only KPIs that exist and that do not"
              + " count the training itself");
    }
    return new Declarations(
        List.copyOf(contracts), List.copyOf(kpis), List.copyOf(plans), hash(folder));
  }

  /** Reads the extract contracts below a folder, each with an id of its own. */
  public static List<ExtractContract> contracts(Path folder) {
    List<ExtractContract> contracts =
        Yaml.readAll(folder, ContractFile.class, "contract", ContractFile::toContract);
    List<String> faults = repeated(contracts, ExtractContract::id, "contract");
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          faults.size() + " fault(s) between the contracts of " + folder,
          String.join("\n          ", faults),
          "give every contract one file and an id of its own");
    }
    return contracts;
  }

  /** Reads one contract from its text. */
  public static ExtractContract contract(String yaml) {
    return Yaml.readText(yaml, ContractFile.class, "contract", ContractFile::toContract);
  }

  // A program cannot be judged by what counts the training itself; outside plans it may be told.
  private static List<String> circular(List<Kpi> kpis, List<MeasurementPlan> plans) {
    Map<String, String> tables = new HashMap<>();
    kpis.forEach(kpi -> Circularity.in(kpi).ifPresent(table -> tables.put(kpi.kpiId(), table)));
    kpis.forEach(
        kpi ->
            kpi.timeToEvent()
                .flatMap(Kpi.TimeToEvent::milestone)
                .map(milestone -> tables.get(milestone.ofKpi()))
                .ifPresent(table -> tables.put(kpi.kpiId(), table)));
    return plans.stream()
        .flatMap(
            plan ->
                plan.questions().stream()
                    .map(MeasurementPlan.Question::kpiId)
                    .filter(tables::containsKey)
                    .map(
                        kpi ->
                            "plan "
                                + plan.programId()
                                + " asks for KPI "
                                + kpi
                                + ", which is circular: it is summed from "
                                + tables.get(kpi)
                                + " and counts the training itself"))
        .toList();
  }

  // What a trial has no place for would be believed and not done.
  private static List<String> durations(List<Kpi> kpis, List<MeasurementPlan> plans) {
    Set<String> durations =
        kpis.stream()
            .filter(kpi -> kpi.family() == Kpi.Family.DURATION)
            .map(Kpi::kpiId)
            .collect(Collectors.toSet());
    List<String> faults = new ArrayList<>(milestones(kpis));
    for (MeasurementPlan plan : plans) {
      for (MeasurementPlan.Question question : plan.questions()) {
        String asked = "plan " + plan.programId() + " asks for KPI " + question.kpiId();
        boolean isDuration = durations.contains(question.kpiId());
        if (isDuration && question.comparison() != MeasurementPlan.Comparison.NOT_YET_TREATED) {
          faults.add(
              asked
                  + ", a duration, compared with the never treated: who never will be is not known"
                  + " when following begins; say not_yet_treated");
        }
        if (isDuration && question.anticipationPeriods() > 0) {
          faults.add(
              asked + ", a duration, which has no anticipationPeriods: following begins after");
        }
        if (isDuration && !question.sensitivity().isEmpty()) {
          faults.add(asked + ", a duration, and sensitivity, which is for roll-outs only");
        }
        if (!isDuration && !question.adjustedFor().isEmpty()) {
          faults.add(asked + " and adjustedFor, which is for durations only");
        }
      }
    }
    return faults;
  }

  private static List<String> milestones(List<Kpi> kpis) {
    Set<String> summed =
        kpis.stream()
            .filter(kpi -> kpi.family() != Kpi.Family.DURATION)
            .map(Kpi::kpiId)
            .collect(Collectors.toSet());
    return kpis.stream()
        .flatMap(
            kpi ->
                kpi.timeToEvent().flatMap(Kpi.TimeToEvent::milestone).stream()
                    .filter(milestone -> !summed.contains(milestone.ofKpi()))
                    .map(
                        milestone ->
                            "KPI "
                                + kpi.kpiId()
                                + " has a milestone of "
                                + milestone.ofKpi()
                                + ", which is no KPI with a numerator and a denominator"))
        .toList();
  }

  private static <T> List<String> repeated(List<T> values, Function<T, String> id, String kind) {
    return values.stream()
        .collect(Collectors.groupingBy(id, Collectors.counting()))
        .entrySet()
        .stream()
        .filter(e -> e.getValue() > 1)
        .map(Map.Entry::getKey)
        .sorted()
        .map(name -> kind + " " + name + " is declared in more than one file")
        .toList();
  }

  // Of what was read, and not of what a build or a test has left beside it.
  private static String hash(Path folder) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      for (Path file : declared(folder)) {
        sha256.update(
            folder.relativize(file).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        sha256.update(Files.readAllBytes(file));
      }
      return HexFormat.of().formatHex(sha256.digest()).substring(0, 16);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("cannot hash " + folder, e);
    }
  }

  private static List<Path> declared(Path folder) {
    return Stream.of("contracts", "kpis", "plans")
        .flatMap(part -> Yaml.yamlFiles(folder.resolve(part), part).stream())
        .toList();
  }
}
