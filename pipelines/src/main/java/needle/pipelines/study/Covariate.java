package needle.pipelines.study;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A column to adjust for.
 *
 * @param factor whether its values are names, which become columns of 0 and 1
 * @param measured when, seen from the treatment; before, where nothing is said
 */
record Covariate(@JsonProperty(required = true) String name, Boolean factor, When measured) {
  /** Seen from the treatment. */
  enum When {
    BEFORE,
    AFTER
  }

  @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
  Covariate {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  Covariate(String name) {
    this(name, null, null);
  }

  boolean isFactor() {
    return Boolean.TRUE.equals(factor);
  }
}
