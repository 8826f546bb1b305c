package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import needle.pipelines.config.ExtractContract;

/** Where the columns of a contract stand in a JSON object. */
final class JsonFields {
  private final JsonPointer[] pointers;
  private final List<JsonPointer> dropped;
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
    this.tellsOfPeople =
        fields.stream().anyMatch(f -> f.personalData() != ExtractContract.PersonalData.KEEP);
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

  boolean drops() {
    return !dropped.isEmpty();
  }

  /** Whether a parser, which quotes from wherever it gave up, may quote what tells of a person. */
  boolean tellsOfPeople() {
    return tellsOfPeople;
  }

  /** The object as text, without dropped members. */
  String raw(JsonNode record) {
    JsonNode kept = record.deepCopy();
    for (JsonPointer pointer : dropped) {
      if (kept.at(pointer.head()) instanceof ObjectNode holder) {
        holder.remove(pointer.last().getMatchingProperty());
      }
    }
    return kept.toString();
  }
}
