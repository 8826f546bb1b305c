package needle.bronze;

import needle.kit.TableContract;

/**
 * Learning extracts: xAPI statements, SuccessFactors learning history, level-1 survey, assessments,
 * accounts.
 */
public final class Lms {
  /** Immutable statements; a later one may void an earlier one. */
  public static final TableContract XAPI_STATEMENTS =
      Extract.of("lms_xapi_statements")
          .texts(
              "statement_id", "actor_name", "learner_system", "verb_id", "object_id", "object_type")
          .texts("activity_type", "grouping_id", "duration", "reason")
          .numbers("score_scaled")
          .flags("completion")
          .instants("happened_at", "stored_at")
          .filled("statement_id", "happened_at")
          .table();

  /**
   * Items of the corporate LMS: when they were assigned and begun, where that is told, and what
   * became of them: completed, given up, or credited without being taken.
   */
  public static final TableContract LEARNING_HISTORY =
      Extract.of("lms_learning_history")
          .texts(
              "student_id",
              "learner_system",
              "component_id",
              "completion_status_id",
              "student_component_id",
              "status")
          .numbers("total_hours")
          .instants("assigned_at", "started_at", "completion_date", "last_update_timestamp")
          .filled("student_component_id")
          .table();

  /** What participants said of a course. */
  public static final TableContract LEVEL1_SURVEY =
      Extract.of("lms_level1_survey")
          .texts("response_id", "recipient_email", "external_reference", "status")
          .wholes("q1_satisfaction")
          .instants("recorded_date")
          .filled("response_id", "recorded_date")
          .table();

  /** Test scores before and after a course. */
  public static final TableContract ASSESSMENT_SCORES =
      Extract.of("lms_assessment_scores")
          .texts("student_id", "component_id", "phase")
          .wholes("attempt")
          .numbers("score_raw", "score_max")
          .instants("taken_at")
          .filled("student_id", "component_id", "phase", "attempt", "taken_at")
          .table();

  /** Accounts in the learning system, in all their versions. */
  public static final TableContract ACCOUNT =
      Extract.of("lms_account")
          .texts("username", "employee_number", "email")
          .flags("is_active")
          .instants("modified_at")
          .table();

  private Lms() {}
}
