package needle.silver;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.SILVER;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.col;

import java.util.List;
import needle.bronze.Crm;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Findings of compliance audits, each with the person responsible. */
public final class ComplianceFindings implements Job {
  public static final TableContract TABLE =
      Attribution.columns(
          table(SILVER, "compliance_findings", "Findings of compliance audits")
              .oneRowPer("case_id")
              .column("case_id", TEXT, "Salesforce case that holds the finding")
              .column("found_on", DATE, "Day on which it was recorded"),
          "the person responsible");

  private static final Column FOUND_ON = col("created_date").cast("date");

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return List.of(Crm.CASE, Identities.TABLE);
  }

  @Override
  public Increment increment(Inputs in) {
    return Increment.per("case_id")
        .touchedBy(
            Crm.CASE,
            ComplianceFindings::told,
            (cases, units, all) ->
                cases.join(units, col("id").equalTo(col("case_id")), "left_semi"))
        .touchedBy(
            Identities.TABLE,
            (changed, all) ->
                FactReach.of(
                        changed,
                        all,
                        findings(all.rows(Crm.CASE)),
                        System.CRM_USER,
                        col("owner_id"),
                        FOUND_ON)
                    .select(col("id").as("case_id")));
  }

  // Most of the cases that change are no findings, in any of their versions.
  private static Dataset<Row> told(Dataset<Row> changed, Inputs in) {
    return in.among(findings(in.rows(Crm.CASE)), "id", changed.select(col("id").as("_changed")))
        .unionByName(findings(changed))
        .select(col("id").as("case_id"));
  }

  private static Dataset<Row> findings(Dataset<Row> cases) {
    return cases.where(col("is_finding"));
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Dataset<Row> findings = findings(ServiceCases.newest(in.rows(Crm.CASE)));
    return Identities.attribute(findings, in, System.CRM_USER, col("owner_id"), FOUND_ON)
        .select(
            col("id").as("case_id"),
            col("employee_id"),
            col(Attribution.BECAUSE),
            FOUND_ON.as("found_on"));
  }
}
