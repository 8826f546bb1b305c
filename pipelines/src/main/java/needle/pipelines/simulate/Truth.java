package needle.pipelines.simulate;

import java.util.List;
import java.util.Locale;

/**
 * What each program really changes: the mean effect on those who were trained, and the verdict that
 * an honest reader of the company's own plans would reach if they could see it.
 */
record Truth(Program program, String kpi, double effect, String unit, String verdict, String note) {
  static final List<String> COLUMNS =
      List.of("program_id", "kpi_id", "true_effect", "unit", "true_verdict", "note");

  /** Every question that the plans ask. */
  static List<Truth> all() {
    return List.of(
        new Truth(
            Program.ONBOARDING,
            "time_to_productivity",
            RampUp.effectInDays(),
            "days",
            "works",
            "the ramp to full output is 30% shorter; luck ends it sooner"),
        new Truth(
            Program.SAFETY,
            "incident_rate",
            KpiProcess.SAFETY_PER_1000_HOURS,
            "incidents per 1000 hours",
            "works",
            ""),
        new Truth(
            Program.SAFETY,
            "near_miss_rate",
            0,
            "reports per 1000 hours",
            "no_effect",
            "more or fewer reports could both be good news"),
        new Truth(
            Program.SALES_ENABLEMENT,
            "revenue_per_seller",
            KpiProcess.SALES_ENABLEMENT_USD,
            "USD per seller-month",
            "works",
            ""),
        new Truth(
            Program.SALES_ENABLEMENT,
            "win_rate",
            0,
            "share",
            "no_effect",
            "deals become bigger and not more likely"),
        new Truth(
            Program.LEADERSHIP,
            "voluntary_turnover",
            Turnover.resignWithinYear(true) - Turnover.resignWithinYear(false),
            "share within 12 months",
            "works",
            "for people with a year of tenure or more"),
        new Truth(
            Program.LEADERSHIP,
            "promotion_rate",
            Turnover.promotedWithinYear(true) - Turnover.promotedWithinYear(false),
            "share within 12 months",
            "works",
            "for people with a year of tenure or more"),
        new Truth(
            Program.SERVICE_SKILLS, "csat", KpiProcess.SERVICE_SKILLS_SHARE, "share", "works", ""),
        new Truth(Program.SERVICE_SKILLS, "reopen_rate", 0, "share", "no_effect", ""),
        new Truth(
            Program.COMPLIANCE_REFRESHER,
            "compliance_findings",
            KpiProcess.COMPLIANCE_PER_MONTH,
            "findings per employee-month",
            "works",
            ""),
        new Truth(
            Program.INSPIRING_PRESENTATIONS,
            "win_rate",
            0,
            "share",
            "no_effect",
            "the best liked course of all"),
        new Truth(
            Program.SPEED_CALLS,
            "reopen_rate",
            KpiProcess.SPEED_CALLS_SHARE,
            "share",
            "harms",
            "faster calls leave more unsolved"),
        new Truth(
            Program.NEGOTIATION_MASTERCLASS,
            "revenue_per_seller",
            KpiProcess.NEGOTIATION_USD,
            "USD per seller-month",
            "cant_tell",
            "twelve people are too few to tell"));
  }

  /** The row as text, one value per column. */
  String[] row() {
    return new String[] {
      program.id(), kpi, String.format(Locale.ROOT, "%.6f", effect), unit, verdict, note
    };
  }
}
