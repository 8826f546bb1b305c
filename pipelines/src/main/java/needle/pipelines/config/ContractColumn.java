package needle.pipelines.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import needle.kit.ColumnType;
import needle.pipelines.config.ExtractContract.PersonalData;
import org.apache.spark.sql.catalyst.util.DateTimeFormatterHelper;

/** A column of an Open Data Contract Standard file. */
record ContractColumn(
    @JsonProperty(required = true) String name,
    String physicalName,
    @JsonProperty(required = true) String logicalType,
    String physicalType,
    Map<String, Object> logicalTypeOptions,
    boolean required,
    boolean unique,
    boolean primaryKey,
    int primaryKeyPosition,
    String classification,
    String transformLogic,
    String description,
    List<ContractFile.CustomProperty> customProperties,
    List<String> tags) {

  private static final String ISO = "iso_instant";

  private static final Map<String, ColumnType> TYPES =
      Map.of(
          "string", ColumnType.TEXT,
          "number", ColumnType.NUMBER,
          "integer", ColumnType.WHOLE,
          "boolean", ColumnType.FLAG,
          "date", ColumnType.DATE,
          "timestamp", ColumnType.INSTANT);

  /** Adds a fault for every name that is declared twice or cannot be a column's. */
  static void checkNames(List<ContractColumn> columns, List<String> faults) {
    Set<String> seen = new HashSet<>();
    for (ContractColumn column : columns) {
      if (!seen.add(column.name())) {
        faults.add("column " + column.name() + " is declared twice");
      }
      if (!column.name().matches("[a-z][a-z0-9_]*")) {
        faults.add(
            "column " + column.name() + " must be named with lower-case letters, digits and _");
      }
    }
  }

  ExtractContract.Field toField(List<String> faults) {
    if (transformLogic == null && physicalName == null) {
      faults.add(
          "column "
              + name
              + " needs a physicalName where it is read, or transformLogic that derives it");
    }
    if (transformLogic != null) {
      SqlAllowList.check(transformLogic, faults);
    }
    ColumnType type = TYPES.get(logicalType);
    if (type == null) {
      faults.add(
          "column "
              + name
              + " has logicalType "
              + logicalType
              + "; known are "
              + TYPES.keySet().stream().sorted().toList());
    }
    CustomProperties custom = new CustomProperties(customProperties, faults);
    PersonalData personal = personalData(custom, faults);
    List<String> formerNames = custom.texts("formerNames");
    custom.reportUnknown();
    if (transformLogic != null && !formerNames.isEmpty()) {
      faults.add("column " + name + " is derived, so it has no formerNames");
    }
    if (personal == PersonalData.DROP && (required || primaryKey || transformLogic != null)) {
      faults.add(
          "column " + name + " is dropped, so it can be neither required, a key nor derived");
    }
    return new ExtractContract.Field(
        name,
        transformLogic == null ? physicalName : null,
        type == null ? ColumnType.TEXT : type,
        format(type, faults),
        required,
        primaryKey,
        personal,
        transformLogic,
        description == null ? (physicalName == null ? name : physicalName) : description,
        formerNames);
  }

  private String format(ColumnType type, List<String> faults) {
    Object format = logicalTypeOptions == null ? null : logicalTypeOptions.get("format");
    if (format == null) {
      return type == ColumnType.DATE ? "yyyy-MM-dd" : ISO;
    }
    String text = format.toString();
    boolean isOfTime = type == ColumnType.DATE || type == ColumnType.INSTANT;
    if (isOfTime && !text.equals(ISO) && !ExtractContract.Field.isEpoch(text)) {
      checkPattern(text, faults);
    }
    return text;
  }

  private void checkPattern(String pattern, List<String> faults) {
    try {
      new DateTimeFormatterBuilder()
          .appendPattern(DateTimeFormatterHelper.convertIncompatiblePattern(pattern, true));
    } catch (RuntimeException e) {
      faults.add(
          "column "
              + name
              + " has the format "
              + pattern
              + ", which is no pattern of dates ("
              + e.getMessage()
              + "): write it with d, M, y, H, m and s, such as dd.MM.yyyy HH:mm");
    }
  }

  private PersonalData personalData(CustomProperties custom, List<String> faults) {
    String text = custom.text("personalData", "keep");
    try {
      return PersonalData.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      faults.add(
          "column "
              + name
              + " has personalData "
              + text
              + "; known are "
              + Arrays.stream(PersonalData.values())
                  .map(p -> p.name().toLowerCase(Locale.ROOT))
                  .collect(Collectors.joining(", ")));
      return PersonalData.DROP;
    }
  }
}
