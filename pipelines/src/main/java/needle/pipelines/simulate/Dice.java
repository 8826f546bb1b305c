package needle.pipelines.simulate;

/**
 * A stream of random numbers that depends on nothing but its keys, so that a person's life is the
 * same on any number of cores.
 *
 * <p>SplitMix64, Steele, Lea and Flood 2014; each key is mixed in before the first number.
 */
final class Dice {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  private Dice(long state) {
    this.state = state;
  }

  /** The stream of these keys. */
  static Dice of(long first, long second, long third, long fourth) {
    long state = mix(first + GOLDEN_GAMMA);
    state = mix(state ^ (second * GOLDEN_GAMMA + 1));
    state = mix(state ^ (third * GOLDEN_GAMMA + 2));
    return new Dice(mix(state ^ (fourth * GOLDEN_GAMMA + 3)));
  }

  /** The next 64 bits. */
  long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** A number from 0 up to, without, 1. */
  double uniform() {
    return (next() >>> 11) * 0x1.0p-53;
  }

  /** A number between two bounds. */
  double between(double low, double high) {
    return low + (high - low) * uniform();
  }

  /** A whole number from {@code low} to {@code high}, both included. */
  int between(int low, int high) {
    return low + (int) (uniform() * (high - low + 1));
  }

  /** True with that probability. */
  boolean chance(double probability) {
    return uniform() < probability;
  }

  /** One of the values, all equally likely. */
  @SafeVarargs
  final <T> T pick(T... values) {
    return values[(int) (uniform() * values.length)];
  }

  /** The index of one of the weights, which add up to 1. */
  int weighted(double... weights) {
    double left = uniform();
    for (int i = 0; i < weights.length - 1; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return weights.length - 1;
  }

  /** A standard normal number, by Box and Muller 1958. */
  double normal() {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform()));
    return radius * StrictMath.cos(2 * Math.PI * uniform());
  }

  /** How well a person does: standard normal, within two deviations. */
  double performance() {
    return Math.max(-2, Math.min(2, normal()));
  }

  /** A positive number with mean 1, whose logarithm has that standard deviation. */
  double lognormal(double sigma) {
    return StrictMath.exp(sigma * normal() - sigma * sigma / 2);
  }

  /** A count with that mean, by Knuth's product; for means below 30. */
  int poisson(double mean) {
    double limit = StrictMath.exp(-mean);
    double product = uniform();
    int count = 0;
    while (product > limit) {
      product *= uniform();
      count++;
    }
    return count;
  }

  /** A whole number next to a value, such that its mean is the value. */
  int round(double value) {
    double floor = Math.floor(value);
    return (int) floor + (chance(value - floor) ? 1 : 0);
  }

  private static long mix(long value) {
    long mixed = value;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
