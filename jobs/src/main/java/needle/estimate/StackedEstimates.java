package needle.estimate;

import java.util.ArrayList;
import java.util.List;

/**
 * Regressions and means of the same rows, one after the other in one vector, whose joint doubt
 * follows from the sums of their scores within clusters (the sandwich of stacked estimating
 * equations; Jann 2008, section 3, for decompositions).
 */
final class StackedEstimates {
  /** Some of the estimates, and what turns a form in them into one in their scores. */
  private interface Block {
    double[] estimates();

    double[] ofScores(double[] form);
  }

  private final List<Block> blocks = new ArrayList<>();
  private int size;

  /** Adds a regression; its scores are residual times columns. */
  int add(LinearFit fit) {
    return add(
        new Block() {
          @Override
          public double[] estimates() {
            return fit.coefficients();
          }

          @Override
          public double[] ofScores(double[] form) {
            return fit.ofScores(form);
          }
        });
  }

  /** Adds means over so many rows; their scores are the rows less the means. */
  int add(double[] means, double rows) {
    return add(
        new Block() {
          @Override
          public double[] estimates() {
            return means;
          }

          @Override
          public double[] ofScores(double[] form) {
            double[] scaled = form.clone();
            for (int i = 0; i < scaled.length; i++) {
              scaled[i] /= rows;
            }
            return scaled;
          }
        });
  }

  private int add(Block block) {
    int start = size;
    blocks.add(block);
    size += block.estimates().length;
    return start;
  }

  int size() {
    return size;
  }

  /** All estimates, with themselves as derivatives. */
  Uncertain[] all() {
    double[] values = new double[size];
    int at = 0;
    for (Block block : blocks) {
      System.arraycopy(block.estimates(), 0, values, at, block.estimates().length);
      at += block.estimates().length;
    }
    Uncertain[] all = new Uncertain[size];
    for (int i = 0; i < size; i++) {
      all[i] = Uncertain.of(values, i);
    }
    return all;
  }

  /** A derivative by the estimates as a form in the scores. */
  double[] ofScores(double[] gradient) {
    double[] form = new double[size];
    int at = 0;
    for (Block block : blocks) {
      int length = block.estimates().length;
      double[] own = java.util.Arrays.copyOfRange(gradient, at, at + length);
      System.arraycopy(block.ofScores(own), 0, form, at, length);
      at += length;
    }
    return form;
  }
}
