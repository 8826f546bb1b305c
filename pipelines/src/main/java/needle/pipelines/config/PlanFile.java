package needle.pipelines.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import needle.kit.MeasurementPlan;
import needle.kit.Sensitivity;
import needle.panel.EmployeePeriods;
import needle.panel.TargetTrials;

/** One file of {@code pipelines/plans}. */
record PlanFile(
    @JsonProperty(required = true) String program,
    @JsonProperty(required = true) String title,
    @JsonProperty(required = true) String businessProblem,
    @JsonProperty(required = true) String owner,
    @JsonProperty(required = true) LocalDate registeredOn,
    @JsonProperty(required = true) LocalDate launchOn,
    @JsonProperty(required = true) List<String> courses,
    @JsonProperty(required = true) String population,
    MeasurementPlan.Exposure exposure,
    @JsonProperty(required = true) List<QuestionFile> kpis,
    @JsonProperty(required = true) CostFile cost,
    String decisionRule) {

  private static final List<String> CLUSTERS = List.of("team_id", "site_id");

  /** What can be tried of the design by which plans are answered. */
  private static final List<Sensitivity> OF_ROLL_OUTS =
      Arrays.stream(Sensitivity.values())
          .filter(way -> way.estimators().contains("staggered_did"))
          .toList();

  record QuestionFile(
      @JsonProperty(required = true) String kpi,
      boolean primary,
      @JsonProperty(required = true) double smallestEffectOfInterest,
      @JsonProperty(required = true) MeasurementPlan.Grain grain,
      @JsonProperty(required = true) MeasurementPlan.Comparison comparison,
      int anticipationPeriods,
      @JsonProperty(required = true) String cluster,
      List<SensitivityEntry> sensitivity,
      List<String> adjustedFor) {

    MeasurementPlan.Question toQuestion(List<String> faults) {
      List<String> own = new ArrayList<>();
      Map<Sensitivity, Sensitivity.Settings> asked =
          SensitivityEntry.asked(sensitivity, OF_ROLL_OUTS, own);
      own.forEach(fault -> faults.add(kpi + ": " + fault));
      return new MeasurementPlan.Question(
          kpi,
          primary,
          smallestEffectOfInterest,
          grain,
          comparison,
          anticipationPeriods,
          cluster,
          asked,
          listed(adjustedFor));
    }
  }

  record CostFile(
      @JsonProperty(required = true) double designUsd,
      @JsonProperty(required = true) double deliveryUsdPerLearner,
      @JsonProperty(required = true) double learnerHourUsd,
      @JsonProperty(required = true) double hoursPerLearner,
      @JsonProperty(required = true) double evaluationUsd) {}

  MeasurementPlan toPlan(List<String> faults) {
    SqlAllowList.check(population, EmployeePeriods.TABLE, faults);
    if (registeredOn.isAfter(launchOn)) {
      faults.add("it was registered on " + registeredOn + ", after its launch on " + launchOn);
    }
    if (kpis.stream().filter(QuestionFile::primary).count() != 1) {
      faults.add("exactly one KPI is the primary one");
    }
    for (QuestionFile q : kpis) {
      if (!(q.smallestEffectOfInterest() > 0)) {
        faults.add(q.kpi() + ": smallestEffectOfInterest must be above zero");
      }
      if (q.anticipationPeriods() < 0) {
        faults.add(q.kpi() + ": anticipationPeriods must not be negative");
      }
      // By a column that the panel does not have, everybody would be a cluster of one.
      if (!CLUSTERS.contains(q.cluster())) {
        faults.add(
            q.kpi()
                + ": cluster is "
                + q.cluster()
                + ", and must be one of "
                + String.join(", ", CLUSTERS));
      }
    }
    for (QuestionFile q : kpis) {
      listed(q.adjustedFor()).stream()
          .filter(column -> !TargetTrials.COVARIATES.contains(column))
          .forEach(
              column ->
                  faults.add(
                      q.kpi()
                          + ": adjustedFor names "
                          + column
                          + ", and knows "
                          + String.join(", ", TargetTrials.COVARIATES)));
    }
    Set<String> asked = new HashSet<>();
    kpis.stream()
        .map(QuestionFile::kpi)
        .filter(kpi -> !asked.add(kpi))
        .distinct()
        .forEach(kpi -> faults.add("it asks for KPI " + kpi + " more than once"));
    return new MeasurementPlan(
        program,
        title,
        businessProblem,
        owner,
        registeredOn,
        launchOn,
        List.copyOf(courses),
        population,
        exposure == null ? MeasurementPlan.Exposure.COMPLETION : exposure,
        kpis.stream().map(q -> q.toQuestion(faults)).toList(),
        new MeasurementPlan.Cost(
            cost.designUsd(),
            cost.deliveryUsdPerLearner(),
            cost.learnerHourUsd(),
            cost.hoursPerLearner(),
            cost.evaluationUsd()),
        Optional.ofNullable(decisionRule));
  }

  private static List<String> listed(List<String> columns) {
    return columns == null ? List.of() : columns.stream().distinct().toList();
  }
}
