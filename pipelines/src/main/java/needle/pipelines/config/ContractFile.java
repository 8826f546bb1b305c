package needle.pipelines.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.FileSystems;
import java.util.List;
import java.util.Map;
import java.util.regex.PatternSyntaxException;
import needle.pipelines.config.ExtractContract.Gates;
import needle.pipelines.config.ExtractContract.Rule;

/** An Open Data Contract Standard (ODCS v3) file, as far as an extract needs it. */
record ContractFile(
    @JsonProperty(required = true) String apiVersion,
    @JsonProperty(required = true) String kind,
    @JsonProperty(required = true) String id,
    @JsonProperty(required = true) String name,
    @JsonProperty(required = true) String version,
    @JsonProperty(required = true) String status,
    @JsonProperty(required = true) String domain,
    @JsonProperty(required = true) Map<String, String> description,
    @JsonProperty(required = true) List<Server> servers,
    @JsonProperty(required = true) List<SchemaObject> schema,
    List<ServiceLevel> slaProperties,
    List<CustomProperty> customProperties,
    List<String> tags) {

  /** Where files land, or the database that rows are pulled from. */
  record Server(
      @JsonProperty(required = true) String server,
      @JsonProperty(required = true) String type,
      String path,
      String format,
      String delimiter,
      String host,
      Integer port,
      String database,
      String schema) {}

  record SchemaObject(
      @JsonProperty(required = true) String name,
      String physicalType,
      String physicalName,
      String description,
      @JsonProperty(required = true) List<ContractColumn> properties,
      List<Quality> quality) {}

  record Quality(
      @JsonProperty(required = true) String type,
      @JsonProperty(required = true) String description,
      @JsonProperty(required = true) String engine,
      @JsonProperty(required = true) String implementation,
      String severity) {}

  record ServiceLevel(
      @JsonProperty(required = true) String property,
      @JsonProperty(required = true) int value,
      @JsonProperty(required = true) String unit) {}

  record CustomProperty(
      @JsonProperty(required = true) String property,
      @JsonProperty(required = true) Object value) {}

  private static final String LANDING = "local";
  // A plain name: neither hidden nor a pattern, nor a way out of the landing folder.
  private static final String FOLDER = "[\\p{L}\\p{N}][\\p{L}\\p{N}_. -]*";

  /** The contract it declares; what cannot be read is added to the faults. */
  ExtractContract toContract(List<String> faults) {
    if (!apiVersion.startsWith("v3.")) {
      faults.add("apiVersion is " + apiVersion + ", and Needle reads v3");
    }
    if (!id.matches("[a-z][a-z0-9_]*")) {
      faults.add("id is " + id + ", and names a table: lower-case letters, digits and _");
    }
    List<Server> landings = servers.stream().filter(s -> s.type().equals(LANDING)).toList();
    List<Server> databases = servers.stream().filter(s -> !s.type().equals(LANDING)).toList();
    if (landings.size() != 1 || databases.size() > 1 || schema.size() != 1) {
      faults.add(
          "an extract has one server of type local, where its files lie, at most one database that"
              + " they are pulled from, and one schema object");
      return null;
    }
    Server landing = landings.get(0);
    String[] path = landing.path() == null ? new String[0] : landing.path().split("/");
    if (path.length != 4
        || !path[0].matches(FOLDER)
        || !path[1].matches(FOLDER)
        || !path[2].equals("*")) {
      faults.add(
          "servers.path is "
              + landing.path()
              + ", and must be <system>/<extract>/*/<file pattern>, such as lms/completions/*/*.csv");
      return null;
    }
    checkGlob(path[3], faults);
    CustomProperties custom = new CustomProperties(customProperties, faults);
    Dialect dialect = custom.dialect(landing);
    List<ExtractContract.Field> fields = fields(schema.get(0), faults);
    FormerNames.check(fields, dialect, faults);
    List<Rule> rules = rules(schema.get(0), faults);
    String watermark = custom.text("watermark", "");
    if (!databases.isEmpty() && faults.isEmpty()) {
      PulledExtract.checkLanding(dialect, path[3], faults);
    }
    ExtractContract contract =
        new ExtractContract(
            id,
            version,
            status.equals("draft"),
            domain,
            description.getOrDefault("purpose", name),
            custom.text("supplies", id),
            path[0] + "/" + path[1],
            path[3],
            dialect,
            databases.isEmpty()
                ? null
                : PulledExtract.of(databases.get(0), schema.get(0), watermark, fields, faults),
            new Gates(
                custom.share("warnAboveRejectedShare", 0.05),
                custom.share("quarantineAboveRejectedShare", Gates.OFF),
                custom.share("failAboveRejectedShare", Gates.OFF)),
            expectedEveryDays(faults),
            fields,
            rules);
    custom.reportUnknown();
    return contract;
  }

  private static void checkGlob(String pattern, List<String> faults) {
    try {
      FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    } catch (PatternSyntaxException e) {
      faults.add("the file pattern " + pattern + " is not a glob: " + e.getDescription());
    }
  }

  private static List<ExtractContract.Field> fields(SchemaObject object, List<String> faults) {
    ContractColumn.checkNames(object.properties(), faults);
    return object.properties().stream().map(p -> p.toField(faults)).toList();
  }

  private static List<Rule> rules(SchemaObject object, List<String> faults) {
    List<Quality> quality = object.quality() == null ? List.of() : object.quality();
    for (Quality rule : quality) {
      if (!rule.type().equals("custom") || !rule.engine().equals("needle")) {
        faults.add(
            "the rule '"
                + rule.description()
                + "' must have type custom and engine needle, with a"
                + " SQL predicate that every row passes as its implementation");
      }
      if (rule.severity() != null && !List.of("error", "warning").contains(rule.severity())) {
        faults.add("severity is " + rule.severity() + ", and must be error or warning");
      }
      SqlAllowList.check(rule.implementation(), faults);
    }
    return quality.stream()
        .map(q -> new Rule(q.description(), q.implementation(), "warning".equals(q.severity())))
        .toList();
  }

  private int expectedEveryDays(List<String> faults) {
    int days = 0;
    for (ServiceLevel level : slaProperties == null ? List.<ServiceLevel>of() : slaProperties) {
      if (!level.property().equals("frequency") || !level.unit().equals("d") || level.value() < 1) {
        faults.add(
            "slaProperties: Needle reads frequency, in days (unit d), and not "
                + level.property()
                + " "
                + level.value()
                + " "
                + level.unit());
      } else {
        days = level.value();
      }
    }
    return days;
  }
}
