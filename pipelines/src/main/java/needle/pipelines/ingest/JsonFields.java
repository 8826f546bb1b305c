package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import needle.pipelines.config.ExtractContract;

/** Where the columns of a contract stand in a JSON object. */
final class JsonFields {
  private final JsonPointer[] pointers;
  private final List<JsonPointer> dropped;
  private final JsonMembers kept;
  private final boolean tellsOfPeople;
  private final Set<String> empty;

  JsonFields(ExtractContract contract) {
    List<ExtractContract.Field> fields = contract.readFields();
    this.pointers =
        fields.stream()
            .map(f -> f.isDropped() ? null : JsonPointer.compile(f.source()))
            .toArray(JsonPointer[]::new);
    this.dropped =
        fields.stream()
            .filter(ExtractContract.Field::isDropped)
            .map(f -> JsonPointer.compile(f.source()))
            .toList();
    this.kept = new JsonMembers();
    fields.stream().filter(f -> !f.isDropped()).map(f -> f.source()).forEach(kept::name);
    this.tellsOfPeople = contract.tellsOfPeople();
    this.empty = new HashSet<>(contract.dialect().emptyTexts());
  }

  String[] of(JsonNode record) {
    String[] fields = new String[pointers.length];
    for (int i = 0; i < pointers.length; i++) {
      JsonNode value = pointers[i] == null ? null : record.at(pointers[i]);
      boolean absent = value == null || value.isMissingNode() || value.isNull();
      String text = absent ? null : value.isValueNode() ? value.asText() : value.toString();
      fields[i] = text == null || text.isBlank() || empty.contains(text) ? null : text;
    }
    return fields;
  }

  /** Whether a parser, which quotes from wherever it gave up, may quote what tells of a person. */
  boolean tellsOfPeople() {
    return tellsOfPeople;
  }

  /**
   * What may be kept of a record's text: next to columns that tell of people, the members that the
   * contract names and does not drop.
   *
   * @param fault why the record is none, as told by its text; null when it is an object
   */
  String raw(String text, JsonNode record, String fault) {
    if (!tellsOfPeople || (fault != null && dropped.isEmpty())) {
      return text;
    }
    return fault == null ? kept.of(record, dropped).toString() : RejectedText.withheld(text);
  }
}
