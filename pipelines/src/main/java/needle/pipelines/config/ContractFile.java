package needle.pipelines.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import needle.kit.ColumnType;

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
    List<CustomProperty> customProperties,
    List<String> tags) {

  record Server(
      @JsonProperty(required = true) String server,
      @JsonProperty(required = true) String type,
      @JsonProperty(required = true) String path,
      @JsonProperty(required = true) String format,
      String delimiter) {}

  record SchemaObject(
      @JsonProperty(required = true) String name,
      String physicalType,
      String physicalName,
      String description,
      @JsonProperty(required = true) List<Property> properties,
      List<Quality> quality) {}

  record Property(
      @JsonProperty(required = true) String name,
      @JsonProperty(required = true) String physicalName,
      @JsonProperty(required = true) String logicalType,
      String physicalType,
      Map<String, Object> logicalTypeOptions,
      boolean required,
      boolean primaryKey,
      int primaryKeyPosition,
      String classification,
      String description,
      List<String> tags) {}

  record Quality(
      @JsonProperty(required = true) String type,
      @JsonProperty(required = true) String description,
      @JsonProperty(required = true) String query) {}

  record CustomProperty(
      @JsonProperty(required = true) String property,
      @JsonProperty(required = true) Object value) {}

  private static final Set<String> CUSTOM = Set.of("timezone", "headerRowsToSkip", "allowEmpty");

  private static final Map<String, ColumnType> TYPES =
      Map.of(
          "string", ColumnType.TEXT,
          "number", ColumnType.NUMBER,
          "integer", ColumnType.WHOLE,
          "boolean", ColumnType.FLAG,
          "date", ColumnType.DATE,
          "timestamp", ColumnType.INSTANT);

  /** The contract it declares; what cannot be read is added to the faults. */
  ExtractContract toContract(List<String> faults) {
    if (!apiVersion.startsWith("v3.")) {
      faults.add("apiVersion is " + apiVersion + ", and Needle reads v3");
    }
    if (servers.size() != 1 || schema.size() != 1) {
      faults.add("an extract has exactly one server and one schema object");
      return null;
    }
    Server landing = servers.get(0);
    SchemaObject object = schema.get(0);
    String[] path = landing.path().split("/");
    if (path.length < 3 || path[0].contains("*") || path[1].contains("*")) {
      faults.add("servers.path is " + landing.path() + ", and must be <system>/<extract>/*/*");
      return null;
    }
    return new ExtractContract(
        id,
        version,
        domain,
        description.getOrDefault("purpose", name),
        path[0] + "/" + path[1],
        format(landing, faults),
        landing.delimiter() == null ? ',' : landing.delimiter().charAt(0),
        zone(faults),
        (int) custom("headerRowsToSkip", 0, Integer.class, faults),
        (boolean) custom("allowEmpty", false, Boolean.class, faults),
        fields(object, faults),
        object.quality() == null
            ? List.of()
            : object.quality().stream()
                .map(q -> new ExtractContract.Rule(q.description(), q.query()))
                .toList());
  }

  private ExtractContract.Format format(Server landing, List<String> faults) {
    try {
      return ExtractContract.Format.valueOf(landing.format().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      faults.add("servers.format is " + landing.format() + ", and Needle reads csv and json");
      return ExtractContract.Format.CSV;
    }
  }

  private String zone(List<String> faults) {
    String zone = (String) custom("timezone", "UTC", String.class, faults);
    try {
      return ZoneId.of(zone).getId();
    } catch (DateTimeException e) {
      faults.add("timezone " + zone + " is not a zone id such as Europe/Berlin");
      return "UTC";
    }
  }

  private Object custom(String property, Object whenAbsent, Class<?> type, List<String> faults) {
    for (CustomProperty custom :
        customProperties == null ? List.<CustomProperty>of() : customProperties) {
      if (!CUSTOM.contains(custom.property())) {
        faults.add("custom property " + custom.property() + " is unknown; known are " + CUSTOM);
      } else if (custom.property().equals(property) && !type.isInstance(custom.value())) {
        faults.add(property + " is " + custom.value() + ", and must be a " + type.getSimpleName());
      } else if (custom.property().equals(property)) {
        return custom.value();
      }
    }
    return whenAbsent;
  }

  private static String defaultFormat(ColumnType type) {
    return type == ColumnType.DATE ? "yyyy-MM-dd" : "iso_instant";
  }

  private static List<ExtractContract.Field> fields(SchemaObject object, List<String> faults) {
    Set<String> seen = new HashSet<>();
    return object.properties().stream()
        .map(
            p -> {
              if (!seen.add(p.name())) {
                faults.add("column " + p.name() + " is declared twice");
              }
              ColumnType type = TYPES.get(p.logicalType());
              if (type == null) {
                faults.add(
                    "column "
                        + p.name()
                        + " has logicalType "
                        + p.logicalType()
                        + "; known are "
                        + TYPES.keySet());
              }
              Object format =
                  p.logicalTypeOptions() == null ? null : p.logicalTypeOptions().get("format");
              return new ExtractContract.Field(
                  p.name(),
                  p.physicalName(),
                  type == null ? ColumnType.TEXT : type,
                  format == null ? defaultFormat(type) : format.toString(),
                  p.required(),
                  p.primaryKey(),
                  p.description() == null ? p.physicalName() : p.description());
            })
        .toList();
  }
}
