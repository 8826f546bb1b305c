package needle.bronze;

import needle.kit.TableContract;

/**
 * Customer-relationship extracts: Salesforce objects, and the satisfaction survey on closed cases.
 */
public final class Crm {
  /** Accounts in the CRM, in all their versions; shared ones are nobody's. */
  public static final TableContract USER =
      Extract.of("crm_user")
          .texts("id", "employee_number", "federation_identifier", "email")
          .flags("is_active", "is_shared")
          .instants("system_modstamp")
          .table();

  /** Sales opportunities; restated rows carry a newer modification stamp. */
  public static final TableContract OPPORTUNITY =
      Extract.of("crm_opportunity")
          .texts("id", "owner_id", "type")
          .numbers("amount")
          .flags("is_closed", "is_won", "is_deleted")
          .dates("close_date")
          .instants("created_date", "system_modstamp")
          .filled("id", "is_won", "created_date")
          .table();

  /** Stage changes of opportunities. */
  public static final TableContract OPPORTUNITY_HISTORY =
      Extract.of("crm_opportunity_history")
          .texts("id", "opportunity_id", "stage_name")
          .numbers("amount", "probability")
          .flags("is_deleted")
          .instants("created_date")
          .filled("id", "opportunity_id", "stage_name", "created_date")
          .table();

  /** Customer cases and compliance findings; owners may be queues. */
  public static final TableContract CASE =
      Extract.of("crm_case")
          .texts("id", "case_number", "owner_id")
          .flags("is_closed", "is_deleted", "is_customer_case", "is_finding")
          .instants("created_date", "closed_date", "system_modstamp")
          .filled("id", "created_date")
          .table();

  /** Field changes of cases; a reopening is a status that leaves a closed one. */
  public static final TableContract CASE_HISTORY =
      Extract.of("crm_case_history")
          .texts("id", "case_id")
          .flags("is_reopening")
          .instants("created_date")
          .filled("case_id")
          .table();

  /** Answers to the survey that follows a closed case. */
  public static final TableContract CSAT_SURVEY =
      Extract.of("crm_csat_survey")
          .texts("response_id", "external_reference", "status")
          .wholes("q1")
          .instants("recorded_date")
          .table();

  private Crm() {}
}
