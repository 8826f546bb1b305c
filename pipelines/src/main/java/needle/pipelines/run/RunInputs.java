package needle.pipelines.run;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import needle.kit.Inputs;
import needle.kit.InvalidInput;
import needle.kit.Kpi;
import needle.kit.Layer;
import needle.kit.MeasurementPlan;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.pipelines.config.Declarations;
import needle.pipelines.ingest.BronzeIngest;
import needle.pipelines.lake.DeltaTables;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What the jobs of one run see: each table in the version that this run staged, else in the
 * published one.
 */
final class RunInputs implements Inputs {
  private final DeltaTables tables;
  private final Declarations declared;
  private final Period period;
  private final Pseudonyms pseudonyms;
  private final Map<String, Long> versions;

  RunInputs(
      DeltaTables tables,
      Declarations declared,
      Period period,
      Pseudonyms pseudonyms,
      Map<String, Long> versions) {
    this.tables = tables;
    this.declared = declared;
    this.period = period;
    this.pseudonyms = pseudonyms;
    this.versions = versions;
  }

  long version(TableContract table) {
    Long version = versions.get(table.qualifiedName());
    if (version == null) {
      throw new InvalidInput(
          table + " has no version to read",
          "this run has not staged it, and nothing was published yet",
          "run the whole graph once with `needle run`, or this table's inputs first");
    }
    return version;
  }

  @Override
  public Dataset<Row> rows(TableContract table) {
    return table.layer() == Layer.BRONZE
        ? delivered(table)
        : tables.at(table.qualifiedName(), version(table));
  }

  /** The accepted rows of every extract that supplies the table; none where none was delivered. */
  private Dataset<Row> delivered(TableContract table) {
    Column[] columns = Arrays.stream(table.columnNames()).map(c -> col(c)).toArray(Column[]::new);
    return declared.contracts().stream()
        .filter(c -> c.supplies().equals(table.name()))
        .filter(c -> versions.containsKey(c.table().qualifiedName()))
        .map(
            c ->
                BronzeIngest.accepted(tables.at(c.table().qualifiedName(), version(c.table())), c)
                    .select(columns))
        .reduce(Dataset::unionByName)
        .orElseGet(() -> tables.spark().createDataFrame(List.of(), table.schema()));
  }

  @Override
  public Period period() {
    return period;
  }

  @Override
  public List<Kpi> kpis() {
    return declared.kpis();
  }

  @Override
  public List<MeasurementPlan> plans() {
    return declared.plans();
  }

  @Override
  public Column pseudonym(Column naturalKey) {
    return pseudonyms.of(naturalKey);
  }
}
