package needle.estimate;

/** The spline that comes closest to the pseudo-outcomes of the trained, by least squares. */
final class DoseCurve implements OrderedSums.Partial<Subject, DoseCurve> {
  private static final long serialVersionUID = 1L;

  private final DoseFits fits;
  private final int size;
  private final DoseScore score;
  private final double[] products;
  private final double[] withOutcome;
  private final double[] slopes;
  private double untrained;
  private long rows;
  private transient SymmetricSolver solver;

  DoseCurve(DoseFits fits) {
    this.fits = fits;
    this.size = fits.vectors().spline().size();
    this.score = new DoseScore(fits);
    this.products = new double[size * size];
    this.withOutcome = new double[size];
    this.slopes = new double[size];
  }

  @Override
  public DoseCurve empty() {
    return new DoseCurve(fits);
  }

  @Override
  public void add(Subject subject) {
    score.of(subject);
    rows++;
    untrained += score.untrained;
    if (!score.isTrained) {
      return;
    }
    for (int i = 0; i < size; i++) {
      withOutcome[i] += score.spline[i] * score.pseudo;
      slopes[i] += score.slopes[i];
      for (int j = 0; j < size; j++) {
        products[i * size + j] += score.spline[i] * score.spline[j];
      }
    }
  }

  @Override
  public DoseCurve merge(DoseCurve other) {
    CellSums.add(products, other.products);
    CellSums.add(withOutcome, other.withOutcome);
    CellSums.add(slopes, other.slopes);
    untrained += other.untrained;
    rows += other.rows;
    return this;
  }

  private SymmetricSolver solver() {
    if (solver == null) {
      // The knots lie at doses that people got, and apart: that suffices.
      solver = SymmetricSolver.of(products).orElseThrow();
    }
    return solver;
  }

  double[] coefficients() {
    return solver().solve(withOutcome);
  }

  /** What the inverse of the spline's cross products makes of a vector. */
  double[] solve(double[] vector) {
    return solver().solve(vector);
  }

  long rows() {
    return rows;
  }

  double trained() {
    return products[0];
  }

  /** Of the outcome without training, about the mean outcome. */
  double meanUntrained() {
    return untrained / rows;
  }

  /** The spline, averaged over the doses of the trained. */
  double[] meanSpline() {
    double[] mean = new double[size];
    for (int i = 0; i < size; i++) {
      mean[i] = products[i] / trained();
    }
    return mean;
  }

  /** Its derivative, averaged over the doses of the trained. */
  double[] meanSlopes() {
    double[] mean = slopes.clone();
    for (int i = 0; i < size; i++) {
      mean[i] /= trained();
    }
    return mean;
  }
}
