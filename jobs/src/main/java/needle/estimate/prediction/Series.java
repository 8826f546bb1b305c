package needle.estimate.prediction;

/**
 * The mean outcome of a group of units in successive periods.
 *
 * @param exposed the share of these units that were treated by then
 */
public record Series(double[] means, double[] exposed) {
  int periods() {
    return means.length;
  }
}
