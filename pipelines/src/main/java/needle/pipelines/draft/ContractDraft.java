package needle.pipelines.draft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import needle.pipelines.config.Dialect;
import needle.pipelines.config.Dialect.Format;
import needle.pipelines.ingest.Sample;

/**
 * A data contract made from a sample: what the file shows is declared, what it can only suggest is
 * said in a comment to check.
 */
public final class ContractDraft {
  private final String id;
  private final String system;
  private final Sample sample;
  private final List<ColumnProfile> columns = new ArrayList<>();
  private final Map<String, PersonalGuess> personal = new HashMap<>();
  private final KeyGuess.Key key;
  private final DraftText text = new DraftText();

  private ContractDraft(String id, String system, Sample sample) {
    this.id = id;
    this.system = system;
    this.sample = sample;
    Names names = new Names();
    sample.sources().forEach(s -> columns.add(new ColumnProfile(names.unique(s))));
    for (Iterator<String[]> records = sample.texts(); records.hasNext(); ) {
      String[] texts = records.next();
      for (int i = 0; i < texts.length; i++) {
        columns.get(i).add(texts[i]);
      }
    }
    Map<String, Integer> positions = new HashMap<>();
    for (ColumnProfile column : columns) {
      positions.put(column.name(), positions.size());
      PersonalGuess.of(column).ifPresent(g -> personal.put(column.name(), g));
    }
    this.key =
        KeyGuess.of(
            columns.stream().filter(c -> !isDropped(c)).toList(), positions, sample.texts());
  }

  private boolean isDropped(ColumnProfile column) {
    return Optional.ofNullable(personal.get(column.name()))
        .map(PersonalGuess::isDropped)
        .orElse(false);
  }

  /**
   * The contract as YAML.
   *
   * @param id names the extract and its table; taken from the file's name when it is not given
   * @param system the source system; taken from the id when it is not given
   */
  public static String of(Sample sample, Optional<String> id, Optional<String> system) {
    String name = id.orElseGet(() -> idFrom(sample.name(), system));
    return new ContractDraft(name, system.orElseGet(() -> name.replaceFirst("_.*", "")), sample)
        .yaml();
  }

  // completions_2025-12.csv.gz of the lms is lms_completions.
  private static String idFrom(String file, Optional<String> system) {
    String stem = Names.snakeCase(file.replaceFirst("\\..*$", ""));
    String name = stem.replaceAll("(_?[0-9]{2,})+$", "").replaceAll("_+$", "");
    String extract = name.isEmpty() || name.equals("c") ? "extract" : name;
    return system
        .map(s -> extract.startsWith(s + "_") ? extract : s + "_" + extract)
        .orElse(extract);
  }

  private String yaml() {
    Dialect dialect = sample.dialect();
    boolean isJson = dialect.isJson();
    text.comment(
        0,
        "Drafted from "
            + sample.name()
            + ", "
            + sample.records()
            + " records. Lines marked CHECK"
            + " are guesses.");
    if (sample.faulty() > 0) {
      text.comment(
          0,
          "CHECK: "
              + sample.faulty()
              + " of the records cannot be taken apart into fields, and"
              + " are left out here.");
    }
    text.line(0, "apiVersion: v3.1.0");
    text.line(0, "kind: DataContract");
    text.pair(0, "id", id);
    text.pair(0, "name", id.replace('_', ' '));
    text.line(0, "version: 1.0.0");
    text.comment(
        0, "CHECK: `active` once every other line is settled; nothing is read under a draft.");
    text.line(0, "status: draft");
    text.pair(0, "domain", system);
    text.line(0, "description:");
    text.comment(1, "CHECK: say what the extract is for.");
    text.pair(1, "purpose", id.replace('_', ' ') + ", as exported by " + system + ".");
    text.line(0, "servers:");
    text.line(1, "- server: landing");
    text.line(2, "type: local");
    text.pair(2, "path", path());
    text.pair(2, "format", isJson ? "json" : dialect.format() == Format.CSV ? "csv" : "parquet");
    if (dialect.format() == Format.CSV) {
      text.pair(2, "delimiter", String.valueOf(dialect.delimiter()));
    }
    if (isJson) {
      text.pair(2, "delimiter", dialect.format() == Format.JSON_ARRAY ? "array" : "new_line");
    }
    text.line(0, "schema:");
    text.pair(1, "- name", id);
    text.line(2, "physicalType: file");
    text.comment(2, "CHECK: " + keyDoubt());
    text.pair(2, "description", grain());
    text.line(2, "properties:");
    for (int i = 0; i < columns.size(); i++) {
      column(columns.get(i), sample.sources().get(i));
    }
    customProperties(dialect);
    return text.toString();
  }

  private String path() {
    String extension =
        switch (sample.dialect().format()) {
          case CSV -> "csv";
          case JSON_LINES -> "jsonl";
          case JSON_ARRAY -> "json";
          case PARQUET -> "parquet";
        };
    String file = sample.name().replaceFirst("\\.gz$", "");
    String own = file.contains(".") ? file.substring(file.lastIndexOf('.') + 1) : extension;
    String folder = id.startsWith(system + "_") ? id.substring(system.length() + 1) : id;
    return system + "/" + folder + "/*/*." + own;
  }

  private String grain() {
    return key.columns().isEmpty()
        ? "One row per record."
        : "One row per " + String.join(" and ", key.columns()) + ".";
  }

  private String keyDoubt() {
    if (key.columns().isEmpty()) {
      return "no column, and no pair that looks like a key, is filled and unique in the sample";
    }
    return String.join(" and ", key.columns())
        + " told all "
        + exceptKeys()
        + (key.others().isEmpty()
            ? ""
            : "; so did "
                + String.join(
                    ", or ", key.others().stream().map(k -> String.join(" and ", k)).toList()));
  }

  private String exceptKeys() {
    ColumnProfile column =
        columns.stream()
            .filter(c -> c.name().equals(key.columns().get(0)))
            .findFirst()
            .orElseThrow();
    if (key.columns().size() > 1 || column.isUnique()) {
      return "records of the sample apart";
    }
    return "but "
        + (column.blanks() + column.repeated().count())
        + " of the sample's "
        + sample.records()
        + " records apart: "
        + column.blanks()
        + " are blank, "
        + column.repeated().count()
        + " repeat an earlier one"
        + column.repeated().example(personal.containsKey(column.name()));
  }

  private void column(ColumnProfile column, String source) {
    Optional<PersonalGuess> guess = Optional.ofNullable(personal.get(column.name()));
    guess.ifPresent(g -> text.comment(3, "CHECK: looks like " + g.what()));
    column.doubts(guess.isPresent()).forEach(d -> text.comment(3, "CHECK: " + d));
    text.pair(3, "- name", column.name());
    text.pair(4, "physicalName", source);
    // What is dropped is never read, so its type is of no interest.
    Optional<ValueShape> shape = isDropped(column) ? Optional.empty() : column.shape();
    text.line(4, "logicalType: " + shape.map(ValueShape::logicalType).orElse("string"));
    shape
        .map(ValueShape::format)
        .ifPresent(f -> text.line(4, "logicalTypeOptions: {format: " + DraftText.value(f) + "}"));
    int inKey = key.columns().indexOf(column.name());
    if (inKey >= 0) {
      text.line(4, "required: true");
      text.line(4, "primaryKey: true");
      text.line(4, "primaryKeyPosition: " + (inKey + 1));
    }
    guess.ifPresent(
        g -> {
          text.line(4, "classification: " + (g.isDropped() ? "restricted" : "personal"));
          text.line(4, "customProperties: [{property: personalData, value: " + g.fate() + "}]");
        });
    text.pair(4, "description", source);
  }

  private void customProperties(Dialect dialect) {
    Map<String, String> custom = new java.util.LinkedHashMap<>();
    if (!dialect.encoding().equals("UTF-8")) {
      custom.put("encoding", DraftText.value(dialect.encoding()));
    }
    if (dialect.format() == Format.CSV && dialect.quote() != '"') {
      custom.put("quote", DraftText.value(String.valueOf(dialect.quote())));
    }
    if (dialect.headerRowsToSkip() > 0) {
      custom.put("headerRowsToSkip", String.valueOf(dialect.headerRowsToSkip()));
    }
    if (dialect.multiline()) {
      custom.put("multiline", "true");
    }
    custom.put("timezone", DraftText.value(dialect.timezone()));
    text.line(0, "customProperties:");
    custom.forEach(
        (name, value) -> text.line(1, "- {property: " + name + ", value: " + value + "}"));
  }
}
