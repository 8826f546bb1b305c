package needle.estimate;

import java.util.Optional;
import needle.kit.InvalidInput;

/**
 * How the rows of a panel were drawn from the people that the study is about.
 *
 * @param weights the column that says for how many of them a unit stands; empty where all stand for
 *     as many
 */
public record Sampling(Optional<String> weights) {
  /** Every unit is followed through time, and stands for as many as every other. */
  static final Sampling PLAIN = new Sampling(Optional.empty());

  /** Refuses anything else. */
  void requirePlain(String estimator) {
    weights.ifPresent(
        column -> {
          throw new InvalidInput(
              estimator + " takes no sampling weights",
              "the study names the column " + column,
              "leave the weights out, or choose staggered_did");
        });
  }

  boolean isWeighted() {
    return weights.isPresent();
  }
}
