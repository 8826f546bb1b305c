package needle.panel;

import static needle.kit.ColumnType.DATE;
import static needle.kit.ColumnType.NUMBER;
import static needle.kit.ColumnType.TEXT;
import static needle.kit.Layer.PANEL;
import static needle.kit.TableContract.table;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.inline;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.trunc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import needle.kit.ExactSum;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.InvalidInput;
import needle.kit.Job;
import needle.kit.Kpi;
import needle.kit.TableContract;
import needle.silver.ComplianceFindings;
import needle.silver.HoursWorked;
import needle.silver.Incidents;
import needle.silver.NearMisses;
import needle.silver.Sales;
import needle.silver.ServiceCases;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The numerator and denominator of every KPI per employee and month, as the KPI files declare them.
 */
public final class KpiOutcomes implements Job {
  public static final TableContract TABLE =
      table(PANEL, "kpi_outcomes", "Every KPI's numerator and denominator per employee and month")
          .oneRowPer("employee_id", "period_start", "kpi_id")
          .column("employee_id", TEXT, "Pseudonym of the person")
          .column("period_start", DATE, "First day of the month")
          .column("kpi_id", TEXT, "KPI")
          .column("numerator", NUMBER, "What is counted or summed; zero when nothing happened")
          .column("denominator", NUMBER, "What it is measured against; never zero")
          .storedByMonthOf("period_start")
          .check(
              "denominator > 0",
              "a KPI is not measured where there is nothing to measure it against");

  /** The tables that a KPI file may name. */
  public static final List<TableContract> MEASURABLE =
      List.of(
          EmployeePeriods.TABLE,
          Sales.TABLE,
          ServiceCases.TABLE,
          ComplianceFindings.TABLE,
          Incidents.TABLE,
          NearMisses.TABLE,
          HoursWorked.TABLE);

  @Override
  public TableContract output() {
    return TABLE;
  }

  @Override
  public List<TableContract> inputs() {
    return MEASURABLE;
  }

  @Override
  public Increment increment(Inputs in) {
    Increment increment = Increment.per("employee_id", "period_start");
    for (TableContract table : MEASURABLE) {
      List<String> dates = datesOf(table, in.kpis());
      if (dates.isEmpty()) {
        increment = increment.ignoring(table);
      }
      for (String date : dates) {
        increment = increment.byMonth(table, "employee_id", date);
      }
    }
    return increment;
  }

  // The columns by which KPIs date a table's rows into months.
  private static List<String> datesOf(TableContract table, List<Kpi> kpis) {
    return kpis.stream()
        .flatMap(kpi -> Stream.of(kpi.numerator(), kpi.denominator()))
        .flatMap(Optional::stream)
        .filter(measure -> measure.table().equals(table.qualifiedName()))
        .map(Kpi.Measure::datedBy)
        .distinct()
        .toList();
  }

  @Override
  public Dataset<Row> transform(Inputs in) {
    Map<Rows, List<Term>> terms = new LinkedHashMap<>();
    for (Kpi kpi : in.kpis()) {
      kpi.numerator().ifPresent(m -> add(terms, new Term(kpi, m, true)));
      kpi.denominator().ifPresent(m -> add(terms, new Term(kpi, m, false)));
    }
    return terms.entrySet().stream()
        .map(e -> parts(in, e.getKey(), e.getValue()))
        .reduce(Dataset::unionByName)
        .orElseThrow(
            () ->
                new InvalidInput(
                    "No KPI can be measured",
                    "none of the KPI files declares a numerator and a denominator",
                    "add a KPI file with both to pipelines/kpis"))
        .groupBy("employee_id", "period_start", "kpi_id")
        .agg(
            coalesce(sum("numerator"), lit(0.0)).as("numerator"),
            sum("denominator").as("denominator"))
        .where(col("denominator").gt(0));
  }

  /** The rows that a measure sums over: several measures share them, and read them once. */
  private record Rows(TableContract table, String datedBy, Optional<String> where) {}

  /** A measure and its part in a KPI. */
  private record Term(Kpi kpi, Kpi.Measure measure, boolean isNumerator) {
    Column part(boolean ofNumerator, Column value) {
      return ofNumerator == isNumerator ? value : lit(null).cast("double");
    }
  }

  private static void add(Map<Rows, List<Term>> terms, Term term) {
    Kpi.Measure measure = term.measure();
    TableContract table =
        MEASURABLE.stream()
            .filter(t -> t.qualifiedName().equals(measure.table()))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "KPI "
                            + term.kpi().kpiId()
                            + " measures over "
                            + measure.table()
                            + ", which is not offered",
                        "a "
                            + (term.isNumerator() ? "numerator" : "denominator")
                            + " is summed over one of "
                            + MEASURABLE,
                        "name one of these tables in the KPI file"));
    terms
        .computeIfAbsent(
            new Rows(table, measure.datedBy(), measure.where()), rows -> new ArrayList<>())
        .add(term);
  }

  // One row per employee, month and term.
  private static Dataset<Row> parts(Inputs in, Rows rows, List<Term> terms) {
    Dataset<Row> known = in.rows(rows.table()).where(col("employee_id").isNotNull());
    List<Column> values = new ArrayList<>();
    List<Column> each = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      Term term = terms.get(i);
      String value = "_value_" + i;
      values.add(ExactSum.settled(expr(term.measure().expression())).as(value));
      each.add(
          struct(
              lit(term.kpi().kpiId()).as("kpi_id"),
              term.part(true, col(value)).as("numerator"),
              term.part(false, col(value)).as("denominator")));
    }
    return rows.where()
        .map(condition -> known.where(expr(condition)))
        .orElse(known)
        .withColumn("_period_start", trunc(col(rows.datedBy()), "month"))
        .drop("period_start")
        .withColumnRenamed("_period_start", "period_start")
        .transform(in::wanted)
        .groupBy("employee_id", "period_start")
        .agg(values.get(0), values.subList(1, values.size()).toArray(Column[]::new))
        .select(
            col("employee_id"), col("period_start"), inline(array(each.toArray(Column[]::new))));
  }
}
