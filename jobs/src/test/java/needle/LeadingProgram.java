package needle;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.MeasurementPlan.Grain;

/** A program on leading people whose plan asks whether fewer of them resign. */
public final class LeadingProgram {
  private static final LocalDate LAUNCH = LocalDate.parse("2024-01-01");

  private LeadingProgram() {}

  /** A resignation, told by a table of employments. */
  public static Kpi.Happening resignation(String table) {
    return new Kpi.Happening(table, "left_on", Optional.of("is_voluntary_exit"));
  }

  /** The KPI that waits for it. */
  public static Kpi turnover(Kpi.TimeToEvent time) {
    return new Kpi(
        "turnover",
        "Turnover",
        "share",
        Kpi.Direction.DOWN,
        Kpi.Family.DURATION,
        true,
        Optional.empty(),
        Optional.empty(),
        Optional.of(time),
        Optional.empty());
  }

  /** The plan, launched on 2024-01-01. */
  public static MeasurementPlan plan(
      String population, double smallestEffect, Grain grain, String cluster, String... adjusted) {
    return new MeasurementPlan(
        "leading",
        "Leading",
        "problem",
        "owner",
        LAUNCH,
        LAUNCH,
        List.of("L-1"),
        population,
        MeasurementPlan.Exposure.COMPLETION,
        List.of(
            new MeasurementPlan.Question(
                "turnover",
                true,
                smallestEffect,
                grain,
                MeasurementPlan.Comparison.NOT_YET_TREATED,
                0,
                cluster,
                Map.of(),
                List.of(adjusted))),
        new MeasurementPlan.Cost(0, 0, 0, 0, 0),
        Optional.empty());
  }
}
