package needle.pipelines.lake;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.kit.Layer;
import needle.pipelines.config.ExtractContract;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The published tables as SQL views {@code layer.table}, each at the version of the publication in
 * force.
 */
public final class PublishedViews {
  private static final String REJECTED = "__rejected";
  private static final Pattern NAME =
      Pattern.compile(
          "\\b("
              + Stream.of(Layer.values()).map(Layer::schema).collect(Collectors.joining("|"))
              + ")\\.([a-z_0-9]+)",
          Pattern.CASE_INSENSITIVE);

  private final DeltaTables tables;
  private final Map<String, ExtractContract> extracts;
  private final boolean staged;

  /**
   * @param staged whether to read the newest versions instead of the published ones
   */
  public PublishedViews(DeltaTables tables, List<ExtractContract> extracts, boolean staged) {
    this.tables = tables;
    this.extracts =
        extracts.stream().collect(Collectors.toMap(c -> c.table().qualifiedName(), c -> c));
    this.staged = staged;
  }

  /** What looks like layer.table in a query. */
  public static Set<String> named(String query) {
    Set<String> named = new TreeSet<>();
    for (Matcher m = NAME.matcher(query); m.find(); ) {
      named.add(m.group().toLowerCase(Locale.ROOT));
    }
    return named;
  }

  /** Makes a view for every table that the query names. */
  public void register(String query) {
    Set<String> named = named(query);
    if (named.isEmpty()) {
      return;
    }
    Map<String, Long> versions = new HashMap<>();
    if (!staged) {
      versions.putAll(
          new Publications(tables)
              .current()
              .map(Publications.Publication::tableVersions)
              .orElseGet(
                  () -> {
                    if (named.stream().allMatch(n -> n.startsWith("ops."))) {
                      return Map.of();
                    }
                    throw new InvalidInput(
                        "Nothing is published in " + tables.warehouse(),
                        "no run has been published there yet",
                        "run `make demo`, or `needle run`, or point --warehouse at another folder;"
                            + " `needle sql --staged` reads what was ingested");
                  }));
    }
    for (Layer layer : Layer.values()) {
      tables.spark().sql("create database if not exists " + layer.schema());
    }
    named.forEach(name -> create(name, versions));
  }

  // Without what storage adds.
  private static String ofContract(Dataset<Row> stored) {
    return Stream.of(stored.columns())
        .filter(c -> !c.startsWith("_"))
        .collect(Collectors.joining(", "));
  }

  private void create(String name, Map<String, Long> versions) {
    boolean rejected = name.endsWith(REJECTED);
    String table = rejected ? name.substring(0, name.length() - REJECTED.length()) : name;
    boolean newest = staged || table.startsWith("ops.");
    if (newest ? !tables.exists(table) : !versions.containsKey(table)) {
      return;
    }
    String version = newest ? "" : "@v" + versions.get(table);
    ExtractContract extract = extracts.get(table);
    String columns =
        extract == null
            ? ofContract(newest ? tables.latest(table) : tables.at(table, versions.get(table)))
            : rejected
                ? "_file, _line, _delivered_on, _reason, _raw, _contract_version, _run_id"
                : String.join(", ", extract.table().columnNames());
    String where =
        extract == null ? "" : " where _outcome = '" + (rejected ? "rejected" : "accepted") + "'";
    tables
        .spark()
        .sql(
            "create or replace view "
                + name
                + " as select "
                + columns
                + " from delta.`"
                + tables.absolutePath(table)
                + version
                + "`"
                + where);
  }
}
