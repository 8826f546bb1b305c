package needle.pipelines.ingest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The members of a JSON value that are named, each whole or by members of its own. */
final class JsonMembers {
  private final JsonPointer step;
  private final Map<String, JsonMembers> members = new LinkedHashMap<>();
  private boolean whole;

  JsonMembers() {
    this(JsonPointer.empty());
  }

  private JsonMembers(JsonPointer step) {
    this.step = step;
  }

  /** Names one more by its pointer. */
  void name(String pointer) {
    name(JsonPointer.compile(pointer));
  }

  private void name(JsonPointer pointer) {
    if (pointer.matches()) {
      whole = true;
    } else {
      members
          .computeIfAbsent(
              pointer.getMatchingProperty(),
              m -> new JsonMembers(JsonPointer.empty().appendProperty(m)))
          .name(pointer.tail());
    }
  }

  /** These members of a value, in the order of their naming, but for some that lie within them. */
  JsonNode of(JsonNode value, List<JsonPointer> but) {
    JsonNode named = of(value);
    for (JsonPointer pointer : but) {
      if (!named.at(pointer).isMissingNode()) {
        named = named.deepCopy();
        if (named.at(pointer.head()) instanceof ObjectNode holder) {
          holder.remove(pointer.last().getMatchingProperty());
        }
      }
    }
    return named;
  }

  private JsonNode of(JsonNode value) {
    if (whole) {
      return value;
    }
    ObjectNode found = JsonNodeFactory.instance.objectNode();
    members.forEach(
        (name, below) -> {
          // An element of an array is named by its number.
          JsonNode member = value.at(below.step);
          if (!member.isMissingNode()) {
            found.set(name, below.of(member));
          }
        });
    return found;
  }
}
