package needle.estimate.sensitivity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.junit.jupiter.api.Test;

/**
 * Published figures: the Medicaid expansion of 2014 in the documentation of the R package HonestDiD
 * (README, commit 6813f02), five periods before and two after. Their ends lie on a grid of 1,000
 * values of the effect, 0.00037 apart. And an independent implementation, honestdid 0.1.1 of
 * Python, on the event study of Benzarti & Carloni (2019), four periods before and four after.
 */
class EventStudySensitivityTest {
  private static final double[] PROFITS = {
    0.00669635180383921,
    0.02934503369033337,
    -0.00647297222167253,
    0.0730149894952774,
    0.1959611177444458,
    0.31206390261650085,
    0.23954154551029205,
    0.12604250013828278
  };

  private static final double[][] PROFITS_DOUBT =
      MedicaidExpansion.symmetric(
          new double[][] {
            {8.4283581236377358e-04},
            {4.7686867765150964e-04, 6.4254202879965305e-04},
            {2.6180510758422315e-04, 3.9874250069260597e-04, 5.2299496019259095e-04},
            {
              2.3542203416582197e-04,
              2.4355151981581002e-04,
              2.1176860900595784e-04,
              3.0895954114384949e-04
            },
            {
              1.6763714666012675e-04,
              2.2019603056833148e-04,
              1.8407222523819655e-04,
              1.1978660768363625e-04,
              3.5997043596580625e-04
            },
            {
              1.1287076631560922e-04,
              1.8045911565423012e-04,
              1.4585278404410928e-04,
              1.3340813165996224e-04,
              2.4788186419755220e-04,
              4.2639498133212328e-04
            },
            {
              1.9928162146243267e-05,
              3.8437650800915435e-05,
              7.0051974034868181e-05,
              1.0163350088987499e-04,
              1.7495792417321354e-04,
              2.1714378090109676e-04,
              4.8866978613659739e-04
            },
            {
              -1.3682653661817312e-04,
              -2.9604219889733940e-05,
              5.9529949794523418e-05,
              1.0790517262648791e-04,
              1.6542569210287184e-04,
              2.8927478706464171e-04,
              3.8053220487199724e-04,
              7.6173944398760796e-04
            }
          });

  private static EventStudy coverage(double... weights) {
    return MedicaidExpansion.study(weights);
  }

  private static EventStudy profits(double... weights) {
    return new EventStudy(PROFITS, PROFITS_DOUBT, 4, weights);
  }

  private static void agrees(Interval own, double low, double high, double tolerance) {
    assertThat(own.low()).isCloseTo(low, within(tolerance));
    assertThat(own.high()).isCloseTo(high, within(tolerance));
  }

  @Test
  void relativeMagnitudesOfThePublishedExample() {
    RelativeMagnitudes first = new RelativeMagnitudes(coverage(1, 0), 0.05);
    double grid = 0.00037;
    agrees(first.at(0), 0.02876563, 0.06431042, grid);
    agrees(first.at(0.5), 0.02400190, 0.06724195, grid);
    agrees(first.at(1), 0.01703951, 0.07200569, grid);
    agrees(first.at(1.5), 0.00824493, 0.07970095, grid);
    agrees(first.at(2), -0.00091610, 0.08812910, grid);
    assertThat(first.breakdown()).isBetween(1.9, 2.0);
    assertThat(first.at(first.breakdown()).low()).isCloseTo(0, within(1e-6));
    RelativeMagnitudes mean = new RelativeMagnitudes(coverage(0.5, 0.5), 0.05);
    agrees(mean.at(0), 0.04053047, 0.07512256, grid);
    agrees(mean.at(0.5), 0.03214178, 0.07981560, grid);
    agrees(mean.at(1), 0.01938432, 0.09014856, grid);
    agrees(mean.at(1.5), 0.00582426, 0.10350149, grid);
    agrees(mean.at(2), -0.00853837, 0.11724862, grid);
  }

  @Test
  void relativeMagnitudesAgreeWithAnotherImplementation() {
    RelativeMagnitudes first = new RelativeMagnitudes(profits(1, 0, 0, 0), 0.05);
    double grid = 0.0011; // 0.00076, and a first stage of 1,000 draws
    agrees(first.at(0.5), 0.118889, 0.271584, grid);
    agrees(first.at(1), 0.067231, 0.318684, grid);
    assertThat(first.at(2).low()).isCloseTo(-0.041402, within(grid));
  }

  @Test
  void smoothnessOfThePublishedExample() {
    Smoothness first = new Smoothness(coverage(1, 0), 0.05);
    double simulated = 1e-4; // their quantiles are
    agrees(first.at(0), 0.02594148, 0.06072579, simulated);
    agrees(first.at(0.01), 0.01319703, 0.07867074, simulated);
    agrees(first.at(0.02), 0.00285700, 0.09071604, simulated);
    agrees(first.at(0.03), -0.00714258, 0.10071561, simulated);
    agrees(first.at(0.05), -0.02714258, 0.12071561, simulated);
    assertThat(first.at(first.breakdown()).low()).isCloseTo(0, within(1e-8));
    assertThat(first.breakdown()).isBetween(0.02, 0.03);
  }

  /** The same convex programme, solved as a cone programme by cvxpy 1.9.3 with Clarabel 0.11.1. */
  @Test
  void noShorterIntervalExists() {
    Smoothness first = new Smoothness(coverage(1, 0), 0.05);
    agrees(first.at(0), 0.0259714328, 0.0607152752, 2e-7);
    agrees(first.at(0.01), 0.0131748763, 0.0786843552, 2e-7);
    agrees(first.at(0.02), 0.0028343782, 0.0907386571, 2e-7);
    Smoothness profit = new Smoothness(profits(1, 0, 0, 0), 0.05);
    agrees(profit.at(0), 0.1314596161, 0.2161196941, 2e-7);
    agrees(profit.at(0.01), 0.1549681073, 0.2704718839, 2e-7);
    agrees(profit.at(0.05), 0.1693978392, 0.3685543759, 2e-7);
    Smoothness mean = new Smoothness(profits(0.25, 0.25, 0.25, 0.25), 0.05);
    agrees(mean.at(0), 0.1332481353, 0.2303047387, 2e-7);
    agrees(mean.at(0.01), 0.1240418560, 0.3680431164, 2e-7);
    agrees(mean.at(0.05), 0.0635747160, 0.7383047645, 2e-7);
  }

  /**
   * At the edge of what is allowed, the true effect is covered as often as promised: a drift that
   * goes on after treatment as fast as its only step before it.
   */
  @Test
  void theTrueEffectIsCoveredWhenDriftIsAsLargeAsAllowed() {
    RandomGenerator random = new Well19937c(7);
    int draws = 1000;
    int covered = 0;
    int sharp = 0;
    double[][] doubt = {{1, 0.5, 0.5}, {0.5, 1, 0.5}, {0.5, 0.5, 1}};
    for (int i = 0; i < draws; i++) {
      double common = random.nextGaussian();
      double[] noise = new double[3];
      for (int j = 0; j < 3; j++) {
        noise[j] = Math.sqrt(0.5) * (common + random.nextGaussian());
      }
      // One step of 6 before; two of 6 after, and an effect of 2.
      double[] seen = {-6 + noise[0], 6 + 2 + noise[1], 12 + 2 + noise[2]};
      EventStudy study = new EventStudy(seen, doubt, 1, new double[] {0, 1});
      covered += new RelativeMagnitudes(study, 0.05).at(1).holds(2) ? 1 : 0;
      sharp += new RelativeMagnitudes(study, 0.05).at(0.4).holds(2) ? 1 : 0;
    }
    assertThat(covered / (double) draws).isBetween(0.935, 0.985);
    assertThat(sharp / (double) draws).isLessThan(0.8);
  }

  @Test
  void theCriticalValueOfOneNumberIsTheNormalOne() {
    double[][] independent = {{4, 0}, {0, 1}};
    assertThat(
            LeastFavourable.quantile(
                new double[] {0.5, -0.5}, new double[] {0, 0}, independent, 0.95))
        .isCloseTo(1.959964, within(1e-4));
    assertThat(LeastFavourable.quantile(new double[] {0.5}, new double[] {0}, independent, 0.95))
        .isCloseTo(1.644854, within(1e-4));
  }

  @Test
  void anEventStudyWithoutPeriodsBeforeIsRefused() {
    assertThatThrownBy(() -> new EventStudy(new double[1], new double[1][1], 0, new double[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 before");
  }
}
