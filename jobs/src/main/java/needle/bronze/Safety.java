package needle.bronze;

import needle.kit.TableContract;

/** Safety extracts: OSHA 300/301 case log and 300A summary, near misses, hours worked. */
public final class Safety {
  /** Recordable cases with the employee number of the internal 300 log. */
  public static final TableContract CASE_LOG =
      Extract.of("safety_case_log")
          .texts("establishment_id", "case_number", "employee_number")
          .wholes("incident_outcome", "dafw_num_away")
          .dates("date_of_incident")
          .filled("establishment_id", "case_number", "date_of_incident")
          .table();

  /** Yearly totals per establishment. */
  public static final TableContract SUMMARY_300A =
      Extract.of("safety_summary_300a")
          .texts("establishment_id", "establishment_name", "change_reason")
          .wholes("year_filing_for", "total_deaths", "total_dafw_cases", "total_djtr_cases")
          .wholes("total_other_cases", "annual_average_employees")
          .numbers("total_hours_worked")
          .instants("created_timestamp")
          .filled("establishment_id", "year_filing_for")
          .table();

  /** Near misses and hazards that people reported. */
  public static final TableContract NEAR_MISS =
      Extract.of("safety_near_miss")
          .texts("id", "reporter_number", "site_id")
          .flags("is_near_miss")
          .instants("created_at", "occurred_at", "modified_at")
          .filled("id", "created_at")
          .table();

  /** Payroll hours; paid leave has a pay code of its own. */
  public static final TableContract HOURS_WORKED =
      Extract.of("safety_hours_worked")
          .texts("employee_number", "establishment_code", "pay_code")
          .numbers("hours_worked")
          .dates("work_date")
          .filled("employee_number", "work_date", "establishment_code", "pay_code", "hours_worked")
          .table();

  private Safety() {}
}
