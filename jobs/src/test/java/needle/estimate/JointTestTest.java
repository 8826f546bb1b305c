package needle.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JointTestTest {
  private static final int LEADS = 3;

  /**
   * Means of clusters drawn around a drift: how often a test at 1% rejects, and what power it says
   * it has. The drifts are those that scipy's noncentral F notices in 30%, 60% and 90% of samples.
   */
  @ParameterizedTest
  @CsvSource({
    "8, 1.45", "8, 2.1", "8, 3.0",
    "15, 0.75", "15, 1.03", "15, 1.4",
    "40, 0.4", "40, 0.53", "40, 0.69"
  })
  void thePowerThatIsSaidIsTheShareOfSamplesThatAreNoticed(int clusters, double drift) {
    Random random = new Random(clusters);
    int samples = 3_000;
    double[] truth = {drift, 0, 0};
    double[] said = new double[samples];
    int noticed = 0;
    for (int sample = 0; sample < samples; sample++) {
      double[][] draws = new double[clusters][LEADS];
      double[] mean = new double[LEADS];
      for (double[] draw : draws) {
        for (int i = 0; i < LEADS; i++) {
          draw[i] = truth[i] + random.nextGaussian();
          mean[i] += draw[i] / clusters;
        }
      }
      JointTest test = new JointTest(covarianceOfMean(draws, mean), clusters - 1.0);
      noticed += test.pValue(mean) < 0.01 ? 1 : 0;
      said[sample] = test.power(0.01, truth);
    }
    Arrays.sort(said);
    double share = noticed / (double) samples;
    assertThat(share).isBetween(0.15, 0.97);
    // Five standard deviations of a share of three thousand.
    assertThat(said[samples / 2]).isCloseTo(share, within(0.045));
  }

  private static RealMatrix covarianceOfMean(double[][] draws, double[] mean) {
    RealMatrix covariance = new Array2DRowRealMatrix(LEADS, LEADS);
    double scale = 1.0 / draws.length / (draws.length - 1);
    for (double[] draw : draws) {
      for (int i = 0; i < LEADS; i++) {
        for (int j = 0; j < LEADS; j++) {
          covariance.addToEntry(i, j, scale * (draw[i] - mean[i]) * (draw[j] - mean[j]));
        }
      }
    }
    return covariance;
  }

  /** Of scipy 1.17.1: ncf and ncx2. */
  @Test
  void powerAgreesWithAnotherImplementation() {
    assertThat(power(3, 14, 0.01, 24.690656110218946)).isCloseTo(0.6687941844148017, within(1e-9));
    assertThat(power(2, 9, 0.01, 9.803759377146887)).isCloseTo(0.23648064037403618, within(1e-9));
    assertThat(power(1, 39, 0.01, 5.086682630922563)).isCloseTo(0.3320335200376746, within(1e-9));
    assertThat(power(3, Double.POSITIVE_INFINITY, 0.05, 10))
        .isCloseTo(0.7610630637366885, within(1e-9));
    assertThat(power(3, Double.POSITIVE_INFINITY, 0.01, 1e9)).isEqualTo(1);
    assertThat(power(3, 14, 0.01, 0)).isCloseTo(0.01, within(1e-9));
  }

  private static double power(int leads, double freedom, double level, double wald) {
    double[] truth = new double[leads];
    truth[0] = Math.sqrt(wald);
    return new JointTest(MatrixUtils.createRealIdentityMatrix(leads), freedom).power(level, truth);
  }

  @Test
  void moreLeadsThanDegreesOfFreedomCannotBeTested() {
    RealMatrix three = MatrixUtils.createRealIdentityMatrix(3);
    assertThat(new JointTest(three, 2).isPossible()).isFalse();
    assertThat(new JointTest(three, 3).isPossible()).isTrue();
  }
}
