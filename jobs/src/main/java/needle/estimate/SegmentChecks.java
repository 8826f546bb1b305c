package needle.estimate;

import java.util.List;
import needle.estimate.CrossSection.SegmentColumn;
import needle.kit.InvalidInput;

/** Which columns can divide a sample into segments: never so many that one is about a person. */
final class SegmentChecks {
  static final int MOST_SEGMENTS = 50;

  /** Fewer units or clusters, as {@link SideCounts} counts them, are not told of. */
  static final int FEWEST = 10;

  private SegmentChecks() {}

  static SegmentColumn column(String name, List<String> values) {
    if (values.size() < 2 || values.size() > MOST_SEGMENTS) {
      throw new InvalidInput(
          "The column " + name + " does not divide the sample into segments",
          "it has "
              + (values.size() > MOST_SEGMENTS ? "more than " + MOST_SEGMENTS : values.size())
              + " different values",
          "give a column of 2 to " + MOST_SEGMENTS + " values; segments are groups, not people");
    }
    return new SegmentColumn(name, values);
  }

  static InvalidInput tooSmall(String column, SideCounts counts) {
    return new InvalidInput(
        "The segments of " + column + " are too small",
        "fewer than two remain when those with " + counts.tooFew() + " are pooled",
        "give a column that divides the sample more coarsely");
  }
}
