package needle.pipelines.dashboard;

import java.sql.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import needle.gold.Attrition;
import needle.gold.Diagnostics;
import needle.gold.EffectCurves;
import needle.gold.Findings;
import needle.gold.KpiTrends;
import needle.gold.Programs;
import needle.gold.SmallCells;
import needle.gold.TrainingEffects;
import needle.gold.TrainingRoi;
import needle.kit.InvalidInput;
import needle.kit.TableContract;
import needle.panel.EmployeePeriods;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.JsonRows;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.Publications.Publication;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** What the page shows: the gold tables of the publication in force, and which run made them. */
public final class PublishedResults {
  private static final List<TableContract> SHOWN =
      List.of(
          Programs.TABLE,
          TrainingEffects.TABLE,
          EffectCurves.TABLE,
          TrainingRoi.TABLE,
          KpiTrends.TABLE,
          Findings.TABLE,
          Diagnostics.TABLE,
          Attrition.TABLE);

  private final DeltaTables tables;
  private final Publication publication;
  private final String company;

  /**
   * @param company whose results these are, as the page names it
   * @throws InvalidInput when nothing was published yet
   */
  public PublishedResults(DeltaTables tables, String company) {
    this.tables = tables;
    this.company = company;
    this.publication =
        new Publications(tables)
            .current()
            .orElseThrow(
                () ->
                    new InvalidInput(
                        "There is nothing to show in " + tables.warehouse(),
                        "no run has been published there yet",
                        "run `make demo`, or `needle run`, or point --warehouse at another"
                            + " folder"));
  }

  /** The page's data, as dashboards/README.md describes it. */
  public String json() {
    Map<String, Object> shown = new LinkedHashMap<>();
    SHOWN.forEach(table -> shown.put(table.name(), JsonRows.objects(ordered(table))));
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("run", run());
    data.put("tables", shown);
    return JsonRows.text(data);
  }

  /** The findings that matter most, at most that many, and every harm beyond them. */
  public List<Row> findings(int most) {
    return foremost(ordered(Findings.TABLE), most);
  }

  static List<Row> foremost(List<Row> ranked, int most) {
    return ranked.stream()
        .filter(row -> row.<Long>getAs("rank") <= most || row.getAs("verdict").equals("harms"))
        .toList();
  }

  private List<Row> ordered(TableContract table) {
    String[] grain = table.grain().toArray(String[]::new);
    return rows(table)
        .orderBy(grain[0], java.util.Arrays.copyOfRange(grain, 1, grain.length))
        .collectAsList();
  }

  private Dataset<Row> rows(TableContract table) {
    Long version = publication.tableVersions().get(table.qualifiedName());
    if (version == null) {
      throw new InvalidInput(
          "The publication in force has no " + table,
          "run " + publication.runId() + " was published without it",
          "run `needle run` once more");
    }
    return tables.at(table.qualifiedName(), version);
  }

  private Map<String, Object> run() {
    long people =
        rows(EmployeePeriods.TABLE)
            .agg(functions.count_distinct(functions.col("employee_id")))
            .first()
            .getLong(0);
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("run_id", publication.runId());
    run.put("published_at", publication.publishedAt().toString());
    run.put("as_of", Date.valueOf(publication.period().end()).toString());
    run.put("code_version", publication.codeVersion());
    run.put("company", company);
    run.put("period_start", Date.valueOf(publication.period().start()).toString());
    run.put("period_end", Date.valueOf(publication.period().end()).toString());
    run.put("employees", people >= SmallCells.FEWEST_PEOPLE ? people : null);
    return run;
  }
}
