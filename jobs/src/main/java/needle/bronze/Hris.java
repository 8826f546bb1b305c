package needle.bronze;

import needle.kit.TableContract;

/** Human-resources extracts: SAP SuccessFactors Employee Central. */
public final class Hris {
  /**
   * Effective-dated job records; several per day are ordered by sequence number and the last one
   * holds.
   */
  public static final TableContract EMP_JOB =
      Extract.of("hris_emp_job")
          .texts("user_id", "event", "empl_status", "department", "location", "cost_center")
          .texts("job_code", "pay_grade", "timezone")
          .dates("start_date", "end_date")
          .wholes("seq_number")
          .numbers("fte")
          .instants("last_modified_date_time")
          .table();

  /** Employments; a rehire has the same person id and may have a new user id. */
  public static final TableContract EMP_EMPLOYMENT =
      Extract.of("hris_emp_employment")
          .texts("person_id_external", "user_id")
          .dates("start_date", "end_date")
          .instants("last_modified_date_time")
          .filled("person_id_external", "start_date")
          .table();

  /** Ends of employment with their reason. */
  public static final TableContract EMP_TERMINATION =
      Extract.of("hris_emp_termination")
          .texts("person_id_external", "user_id", "event_reason")
          .dates("end_date")
          .flags("regret_termination")
          .instants("last_modified_date_time")
          .table();

  private Hris() {}
}
