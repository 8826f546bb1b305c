package needle.pipelines.assess.design;

import java.util.Optional;

/**
 * The right number for one row of the effects.
 *
 * @param term what the row is about, within its aggregation
 * @param segment of effects on segments
 * @param dose of effects of a dose
 */
public record Truth(
    String aggregation,
    String term,
    Optional<String> segment,
    Optional<Double> dose,
    double value) {

  static Truth of(String aggregation, String term, double value) {
    return new Truth(aggregation, term, Optional.empty(), Optional.empty(), value);
  }

  static Truth ofSegment(String term, String segment, double value) {
    return new Truth("segment", term, Optional.of(segment), Optional.empty(), value);
  }

  static Truth ofDose(String term, double dose, double value) {
    return new Truth("dose", term, Optional.empty(), Optional.of(dose), value);
  }

  /** The row, in words. */
  public String row() {
    return aggregation + " " + term + segment.map(s -> " " + s).orElse("");
  }
}
