package needle.pipelines.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import needle.estimate.Circularity;
import needle.kit.Kpi;
import needle.kit.TableContract;
import needle.panel.KpiOutcomes;
import needle.panel.Milestones;
import needle.panel.TargetTrials;

/** One file of {@code pipelines/kpis}. */
record KpiFile(
    @JsonProperty(required = true) String kpi,
    @JsonProperty(required = true) String title,
    @JsonProperty(required = true) String unit,
    @JsonProperty(required = true) Kpi.Direction good,
    @JsonProperty(required = true) Kpi.Family family,
    boolean needsLeavers,
    MeasureFile numerator,
    MeasureFile denominator,
    HappeningFile event,
    MilestoneFile milestone,
    List<HappeningFile> competing,
    Integer withinMonths,
    Kpi.TimeMeasure measure,
    MoneyFile money) {

  private static final int MOST_MONTHS = 120;
  private static final int MOST_NOTICE = 12;

  /** What only durations have. */
  private static final List<Function<KpiFile, Object>> TIMED =
      List.of(
          KpiFile::event,
          KpiFile::milestone,
          KpiFile::competing,
          KpiFile::withinMonths,
          KpiFile::measure);

  record MeasureFile(
      @JsonProperty(required = true) String table,
      @JsonProperty(required = true) String datedBy,
      @JsonProperty(required = true) String expression,
      String where) {
    Kpi.Measure toMeasure(List<String> faults) {
      checkSql(KpiOutcomes.MEASURABLE, table, datedBy, Arrays.asList(expression, where), faults);
      return new Kpi.Measure(table, datedBy, expression, Optional.ofNullable(where));
    }
  }

  record HappeningFile(
      @JsonProperty(required = true) String table,
      @JsonProperty(required = true) String datedBy,
      String where,
      int noticeMonths) {
    Kpi.Happening toHappening(List<String> faults) {
      checkSql(TargetTrials.EVENTFUL, table, datedBy, Arrays.asList(where), faults);
      if (noticeMonths < 0 || noticeMonths > MOST_NOTICE) {
        faults.add("noticeMonths is a number from 0 to " + MOST_NOTICE);
      }
      return new Kpi.Happening(table, datedBy, Optional.ofNullable(where), noticeMonths);
    }
  }

  private static void checkSql(
      List<TableContract> offered,
      String name,
      String datedBy,
      List<String> texts,
      List<String> faults) {
    Optional<TableContract> table =
        offered.stream().filter(t -> t.qualifiedName().equals(name)).findFirst();
    // Of tables of training it is told why they are none.
    if (table.isEmpty() && !Circularity.isOfTraining(name)) {
      faults.add(
          "there is no table "
              + name
              + " to measure by; it is one of "
              + offered.stream()
                  .map(TableContract::qualifiedName)
                  .collect(Collectors.joining(", ")));
    }
    table.ifPresent(t -> SqlAllowList.checkColumn(datedBy, t, faults));
    for (String text : texts) {
      if (text != null) {
        table.ifPresentOrElse(
            t -> SqlAllowList.check(text, t, faults), () -> SqlAllowList.check(text, faults));
      }
    }
  }

  record MilestoneFile(
      @JsonProperty(required = true) String of,
      @JsonProperty(required = true) double share,
      @JsonProperty(required = true) int tenuredMonths,
      @JsonProperty(required = true) int forMonths) {
    Kpi.Milestone toMilestone(List<String> faults) {
      if (!(share > 0) || tenuredMonths < 1 || forMonths < 1) {
        faults.add("milestone: share, tenuredMonths and forMonths must be above zero");
      }
      return new Kpi.Milestone(of, share, tenuredMonths, forMonths);
    }
  }

  record MoneyFile(
      @JsonProperty(required = true) double usdPerUnit,
      @JsonProperty(required = true) String basis,
      @JsonProperty(required = true) String approvedBy,
      @JsonProperty(required = true) String explanation) {}

  Kpi toKpi(List<String> faults) {
    boolean duration = family == Kpi.Family.DURATION;
    if (!duration && (numerator == null || denominator == null)) {
      faults.add("a KPI of family " + family + " needs a numerator and a denominator");
    }
    if (!duration && TIMED.stream().anyMatch(key -> key.apply(this) != null)) {
      faults.add(
          "event, milestone, competing, withinMonths and measure are for KPIs of family duration");
    }
    if (duration && (numerator != null || denominator != null)) {
      faults.add("a KPI of family duration has an event, and no numerator or denominator");
    }
    return new Kpi(
        kpi,
        title,
        unit,
        good,
        family,
        needsLeavers,
        Optional.ofNullable(numerator).map(m -> m.toMeasure(faults)),
        Optional.ofNullable(denominator).map(m -> m.toMeasure(faults)),
        timeToEvent(faults),
        Optional.ofNullable(money)
            .map(m -> new Kpi.Money(m.usdPerUnit(), m.basis(), m.approvedBy(), m.explanation())));
  }

  private Optional<Kpi.TimeToEvent> timeToEvent(List<String> faults) {
    if (event == null && milestone == null) {
      if (competing != null || withinMonths != null || measure != null) {
        faults.add("competing, withinMonths and measure have no meaning without an event");
      }
      return Optional.empty();
    }
    if (event != null && milestone != null) {
      faults.add("it has an event and a milestone: one of them is what is waited for");
    }
    if (withinMonths == null || withinMonths < 1 || withinMonths > MOST_MONTHS) {
      faults.add("an event needs withinMonths, a number from 1 to " + MOST_MONTHS);
      return Optional.empty();
    }
    List<HappeningFile> others = competing == null ? List.of() : competing;
    return Optional.of(
        new Kpi.TimeToEvent(
            event == null ? reached() : event.toHappening(faults),
            others.stream().map(h -> h.toHappening(faults)).toList(),
            withinMonths,
            measure == null ? Kpi.TimeMeasure.SHARE : measure,
            Optional.ofNullable(milestone).map(m -> m.toMilestone(faults))));
  }

  private Kpi.Happening reached() {
    return new Kpi.Happening(
        Milestones.TABLE.qualifiedName(), "reached_on", Optional.of("kpi_id = '" + kpi + "'"));
  }
}
