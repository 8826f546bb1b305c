package needle;

import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import needle.kit.Inputs;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.Period;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * What a job under test is given; a table that was not given is empty, and a pseudonym is readable.
 */
public final class GivenInputs implements Inputs {
  private final SparkSession spark;
  private final Map<TableContract, Dataset<Row>> tables = new HashMap<>();
  private Period period = new Period(LocalDate.parse("2024-01-01"), LocalDate.parse("2024-12-31"));
  private List<Kpi> kpis = List.of();
  private List<MeasurementPlan> plans = List.of();

  public GivenInputs(SparkSession spark) {
    this.spark = spark;
  }

  public GivenInputs table(TableContract contract, String text) {
    tables.put(contract, TextTable.rows(spark, contract, text));
    return this;
  }

  public GivenInputs table(TableContract contract, Dataset<Row> rows) {
    tables.put(contract, rows);
    return this;
  }

  public GivenInputs over(String firstDay, String lastDay) {
    period = new Period(LocalDate.parse(firstDay), LocalDate.parse(lastDay));
    return this;
  }

  public GivenInputs kpis(Kpi... all) {
    kpis = List.of(all);
    return this;
  }

  public GivenInputs plans(MeasurementPlan... all) {
    plans = List.of(all);
    return this;
  }

  @Override
  public Dataset<Row> rows(TableContract table) {
    return tables.getOrDefault(table, spark.createDataFrame(List.of(), table.schema()));
  }

  @Override
  public Period period() {
    return period;
  }

  @Override
  public List<Kpi> kpis() {
    return kpis;
  }

  @Override
  public List<MeasurementPlan> plans() {
    return plans;
  }

  @Override
  public Column pseudonym(Column naturalKey) {
    return concat(lit("#"), naturalKey);
  }
}
