package needle.pipelines.simulate;

import java.util.Locale;

/** A kind of file that a source system delivers, with its header as that system writes it. */
enum Extract {
  EMP_JOB(
      "hris",
      0.1,
      "fte=full time",
      "userId,startDate,endDate,seqNumber,event,eventReason,emplStatus,company,businessUnit,"
          + "division,department,location,costCenter,jobCode,jobTitle,payGrade,managerId,position,"
          + "fte,standardHours,isFulltimeEmployee,employeeClass,countryOfCompany,timezone,"
          + "lastModifiedDateTime"),
  EMP_EMPLOYMENT(
      "hris",
      0.1,
      "startDate=31.02.2024",
      "personIdExternal,userId,startDate,originalStartDate,endDate,prevEmployeeId,"
          + "isContingentWorker,assignmentClass,lastModifiedDateTime"),
  EMP_TERMINATION(
      "hris",
      0.02,
      "endDate=2024-02-30",
      "personIdExternal,userId,endDate,lastDateWorked,eventReason,okToRehire,regretTermination,"
          + "lastModifiedDateTime"),
  USER(
      "crm",
      0.05,
      "SystemModstamp=yesterday",
      "Id,Username,Email,EmployeeNumber,FederationIdentifier,ManagerId,Department,Division,"
          + "IsActive,TimeZoneSidKey,LastModifiedDate,SystemModstamp"),
  OPPORTUNITY(
      "crm",
      1.5,
      "Amount=12,5OO",
      "Id,OwnerId,AccountId,Amount,StageName,Probability,IsClosed,IsWon,CloseDate,CreatedDate,"
          + "Type,LeadSource,ForecastCategory,IsDeleted,LastModifiedDate,SystemModstamp"),
  OPPORTUNITY_HISTORY(
      "crm",
      2.2,
      "Amount=12,5OO",
      "Id,OpportunityId,StageName,Amount,CloseDate,Probability,CreatedDate,IsDeleted"),
  CASE(
      "crm",
      1.6,
      "ClosedDate=soon",
      "Id,CaseNumber,OwnerId,ContactId,Status,Priority,Origin,Reason,Type,IsClosed,IsEscalated,"
          + "CreatedDate,ClosedDate,ParentId,IsDeleted,LastModifiedDate,SystemModstamp"),
  CASE_HISTORY(
      "crm", 1.6, "CreatedDate=", "Id,CaseId,Field,OldValue,NewValue,CreatedDate,CreatedById"),
  CSAT_SURVEY(
      "crm",
      0.8,
      "Q1=good",
      "StartDate,EndDate,Status,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,"
          + "ExternalReference,DistributionChannel,UserLanguage,IPAddress,Q1"),
  CASE_LOG(
      "safety",
      0.05,
      "date_of_incident=13/45/2024",
      "establishment_id,establishment_name,year_of_filing,case_number,employee_number,job_title,"
          + "date_of_incident,incident_location,incident_description,incident_outcome,"
          + "dafw_num_away,djtr_num_tr,type_of_incident,date_of_birth,time_started_work,"
          + "time_of_incident,time_unknown"),
  SUMMARY_300A(
      "safety",
      0.01,
      "total_hours_worked=N/A",
      "establishment_id,establishment_name,ein,company_name,state,zip_code,naics_code,size,"
          + "establishment_type,year_filing_for,annual_average_employees,total_hours_worked,"
          + "no_injuries_illnesses,total_deaths,total_dafw_cases,total_djtr_cases,"
          + "total_other_cases,total_dafw_days,total_djtr_days,total_injuries,"
          + "total_skin_disorders,total_respiratory_conditions,total_poisonings,"
          + "total_hearing_loss,total_other_illnesses,created_timestamp,change_reason"),
  NEAR_MISS(
      "safety",
      0.04,
      "created_at=last week",
      "id,unique_id,title,description,creator_id,creator_user_name,created_at,occurred_at,due_at,"
          + "priority,status,category_id,category_label,site_id,site_name,location_name,"
          + "template_id,inspection_id,modified_at,completed_at,asset_id"),
  HOURS_WORKED(
      "safety",
      2.4,
      "hours_worked=n/a|hours_worked=-8.00",
      "employee_number,work_date,establishment_code,hours_worked,pay_code"),
  XAPI_STATEMENTS("lms", 0.2, "", ""),
  LEARNING_HISTORY(
      "lms",
      0.1,
      "completionDate=NaN",
      "studentID,componentTypeID,componentID,revisionDate,title,completionStatusID,provideCredit,"
          + "completionDate,totalHours,creditHours,grade,instructorName,lastUpdateTimestamp,"
          + "scheduleID,studentComponentID,seqNum,status"),
  LEVEL1_SURVEY(
      "lms",
      0.1,
      "Q1_satisfaction=five",
      "StartDate,EndDate,Status,Progress,Duration (in seconds),Finished,RecordedDate,ResponseId,"
          + "RecipientEmail,ExternalReference,DistributionChannel,UserLanguage,IPAddress,"
          + "Q1_satisfaction,Q2_relevance,Q3_comment"),
  ASSESSMENT_SCORES(
      "lms", 0.2, "scoreRaw=1O5", "studentID,componentID,phase,attempt,takenAt,scoreRaw,scoreMax"),
  ACCOUNT("lms", 0.1, "modifiedAt=recently", "username,employeeNumber,email,active,modifiedAt");

  private final String system;
  private final double rowsPerEmployeeMonth;
  private final String faults;
  private final String[] columns;

  /**
   * @param rowsPerEmployeeMonth about how many rows one employee causes in a month
   * @param faults values that break a row, as column=value, separated by bars
   */
  Extract(String system, double rowsPerEmployeeMonth, String faults, String header) {
    this.system = system;
    this.rowsPerEmployeeMonth = rowsPerEmployeeMonth;
    this.faults = faults;
    this.columns = header.isEmpty() ? new String[0] : header.split(",", -1);
  }

  String system() {
    return system;
  }

  /** Name of the extract in paths. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Column names in the order in which rows are built; none for JSON. */
  String[] columns() {
    return columns;
  }

  boolean isJson() {
    return columns.length == 0;
  }

  /** Whether two rows of labels follow the header, as Qualtrics writes them. */
  boolean isQualtrics() {
    return this == CSAT_SURVEY || this == LEVEL1_SURVEY;
  }

  /** Whether a month without rows still brings a file, with nothing below its header. */
  boolean mayBeEmpty() {
    return switch (this) {
      case EMP_TERMINATION,
          CSAT_SURVEY,
          CASE_LOG,
          NEAR_MISS,
          XAPI_STATEMENTS,
          LEARNING_HISTORY,
          LEVEL1_SURVEY,
          ASSESSMENT_SCORES,
          ACCOUNT ->
          true;
      default -> false;
    };
  }

  /** About how many rows one employee causes in a month. */
  double rowsPerEmployeeMonth() {
    return rowsPerEmployeeMonth;
  }

  /** A copy of a row with one value that cannot be right. */
  String[] broken(String[] row, long which) {
    String[] choices = faults.split("\\|", -1);
    String[] fault = choices[(int) Long.remainderUnsigned(which, choices.length)].split("=", 2);
    String[] copy = row.clone();
    for (int i = 0; i < columns.length; i++) {
      if (columns[i].equals(fault[0])) {
        copy[i] = fault[1];
        return copy;
      }
    }
    throw new IllegalStateException(name() + " has no column " + fault[0]);
  }
}
