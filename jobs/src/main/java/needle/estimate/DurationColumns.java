package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which columns, beside the outcome with the time of the end, tell how long units were followed.
 *
 * @param start when following begins, later than zero where a unit was not seen from the beginning
 *     of its clock; zero without such a column
 * @param event what happened at the end: 0 for nothing (the unit was followed no longer), else the
 *     cause
 * @param cause which of several causes is studied, where others compete with it: whoever has met
 *     one can no longer meet another
 * @param inSequence of trials in a sequence, the last day on which a unit could enter a later one,
 *     and its months of tenure
 */
public record DurationColumns(
    Optional<String> start,
    String event,
    Optional<Integer> cause,
    Optional<InSequence> inSequence) {

  record InSequence(String exposableUntil, String tenureMonths) {}

  /** Of units that nobody joins in being exposed. */
  public DurationColumns(Optional<String> start, String event, Optional<Integer> cause) {
    this(start, event, cause, Optional.empty());
  }

  /** Of a single cause. */
  public DurationColumns(Optional<String> start, String event) {
    this(start, event, Optional.empty());
  }

  /** Those that are computed with. */
  List<String> numbers() {
    List<String> numbers = new ArrayList<>(List.of(event));
    start.ifPresent(numbers::add);
    inSequence.ifPresent(s -> numbers.addAll(List.of(s.exposableUntil(), s.tenureMonths())));
    return numbers;
  }
}
