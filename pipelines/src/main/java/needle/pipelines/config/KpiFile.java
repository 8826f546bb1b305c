package needle.pipelines.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import needle.kit.Kpi;

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
    MoneyFile money) {

  record MeasureFile(
      @JsonProperty(required = true) String table,
      @JsonProperty(required = true) String datedBy,
      @JsonProperty(required = true) String expression,
      String where) {
    Kpi.Measure toMeasure(List<String> faults) {
      SqlAllowList.check(expression, faults);
      if (where != null) {
        SqlAllowList.check(where, faults);
      }
      return new Kpi.Measure(table, datedBy, expression, Optional.ofNullable(where));
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
    return new Kpi(
        kpi,
        title,
        unit,
        good,
        family,
        needsLeavers,
        Optional.ofNullable(numerator).map(m -> m.toMeasure(faults)),
        Optional.ofNullable(denominator).map(m -> m.toMeasure(faults)),
        Optional.ofNullable(money)
            .map(m -> new Kpi.Money(m.usdPerUnit(), m.basis(), m.approvedBy(), m.explanation())));
  }
}
