package needle.estimate;

import java.util.Optional;
import needle.kit.InvalidInput;

/**
 * How the rows of a panel were drawn from the people that the study is about.
 *
 * @param weights the column that says for how many of them a unit stands; empty where all stand for
 *     as many
 */
public record Sampling(Optional<String> weights, Units units) {
  /** Who stands in the rows of two periods. */
  public enum Units {
    /** The same units, whose changes are seen. */
    FOLLOWED,
    /** Others, as in repeated cross-sections: every row is an observation of its own. */
    DRAWN_ANEW
  }

  /** Every unit is followed through time, and stands for as many as every other. */
  static final Sampling PLAIN = new Sampling(Optional.empty(), Units.FOLLOWED);

  /** Refuses anything else. */
  void requirePlain(String estimator) {
    weights.ifPresent(
        column -> {
          throw new InvalidInput(
              estimator + " takes no sampling weights",
              "the study names the column " + column,
              "leave the weights out, or choose staggered_did");
        });
    if (!isFollowed()) {
      throw new InvalidInput(
          estimator + " follows its units through time",
          "the study says that they are drawn anew in every period",
          "choose staggered_did, or supply a panel of the same units");
    }
  }

  boolean isWeighted() {
    return weights.isPresent();
  }

  boolean isFollowed() {
    return units == Units.FOLLOWED;
  }
}
