package needle.estimate.sensitivity;

/**
 * What the Medicaid expansion of 2014 did to insurance coverage, as in the documentation of the R
 * package HonestDiD (README, commit 6813f02): five periods before the reference and two after it.
 */
public final class MedicaidExpansion {
  public static final int BEFORE = 5;

  public static final double[] COVERAGE = {
    -0.00528535453272094,
    -0.01129732464815136,
    -0.00267599181179382,
    -0.00141931225211095,
    0.00033966351897146,
    0.04644685415994523,
    0.06920617547902158
  };

  public static final double[][] DOUBT =
      symmetric(
          new double[][] {
            {7.4884836358975264e-05},
            {6.0398740956442334e-05, 7.2665006169968300e-05},
            {4.4446198184610258e-05, 3.7893302212879841e-05, 5.0520519401628062e-05},
            {
              3.3857647060890787e-05,
              2.8665780251483616e-05,
              2.6736794324838082e-05,
              4.0032220263376995e-05
            },
            {
              4.3280112547434357e-05,
              4.5433206284036284e-05,
              2.7781935676739468e-05,
              2.4128599757162984e-05,
              5.4626622070541734e-05
            },
            {
              4.7658804787777995e-05,
              4.4288501193179183e-05,
              3.0606441089054026e-05,
              2.3808682090734764e-05,
              3.6825310517430230e-05,
              8.3756688246773431e-05
            },
            {
              2.4251286997539878e-05,
              2.8246550429844672e-05,
              9.6375338826676495e-06,
              2.9238781433626335e-06,
              9.7229475024169184e-06,
              6.3213979625336043e-05,
              1.0712352303004257e-04
            }
          });

  private MedicaidExpansion() {}

  static EventStudy study(double... weights) {
    return new EventStudy(COVERAGE, DOUBT, BEFORE, weights);
  }

  static double[][] symmetric(double[][] lower) {
    double[][] full = new double[lower.length][lower.length];
    for (int i = 0; i < lower.length; i++) {
      for (int j = 0; j <= i; j++) {
        full[i][j] = lower[i][j];
        full[j][i] = lower[i][j];
      }
    }
    return full;
  }
}
