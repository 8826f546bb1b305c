package needle.estimate;

import org.apache.commons.math3.exception.MaxCountExceededException;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix without negative eigenvalues, largest first.
 *
 * @param vectors in columns
 */
record Spectrum(double[] values, RealMatrix vectors) {
  static Spectrum of(RealMatrix matrix) {
    try {
      EigenDecomposition eigen = new EigenDecomposition(matrix);
      return new Spectrum(eigen.getRealEigenvalues(), eigen.getV());
    } catch (MaxCountExceededException e) {
      // With many eigenvalues of zero the iteration may not settle; singular values always do.
      SingularValueDecomposition singular = new SingularValueDecomposition(matrix);
      return new Spectrum(singular.getSingularValues(), singular.getU());
    }
  }
}
