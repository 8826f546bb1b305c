package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import needle.kit.InvalidInput;
import needle.kit.Waiting;
import org.apache.spark.ml.classification.GBTClassificationModel;
import org.apache.spark.ml.classification.GBTClassifier;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.GBTRegressionModel;
import org.apache.spark.ml.regression.GBTRegressor;
import org.apache.spark.ml.regression.GeneralizedLinearRegression;
import org.apache.spark.ml.regression.GeneralizedLinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Predictions by MLlib, for each fold from a fit to the others.
 *
 * <p>MLlib adds up what its tasks return in the order in which they end, so that its fits differ in
 * the last bits from run to run. Here every fit is one task over sorted rows, which has one order;
 * fits of several folds run side by side.
 */
final class LibraryFits implements AutoCloseable {
  /** With fewer rows to learn from, what is learned is noise. */
  private static final long FEWEST_ROWS = 50;

  private static final int AT_A_TIME = 4;
  static final int TREES = 50;
  private static final int DEPTH = 3;
  private static final double STEP = 0.1;
  private static final int SMALLEST_LEAF = 10;

  private static final int MOST_STEPS = 50;

  /** On standardised covariates, beside the mean log loss. */
  private static final double PENALTY = 0.01;

  private final Dataset<Row> rows;
  private final int folds;
  private final double[] means;
  private final long seed;
  private final int trees;

  LibraryFits(CrossSection sample, double[] means, long seed, int trees) {
    this.trees = trees;
    this.folds = sample.folds();
    this.means = means;
    this.seed = seed;
    StructType schema =
        StructType.fromDDL("cluster string, fold int, y double, d double, x array<double>")
            .add("features", SQLDataTypes.VectorType());
    this.rows =
        sample
            .spark()
            .createDataFrame(sample.subjects().map(subject -> row(subject, means)), schema)
            .repartition(1)
            .sortWithinPartitions("cluster", "fold", "y", "d", "x")
            .select("fold", "y", "d", "features")
            .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static Row row(Subject subject, double[] means) {
    double[] x = subject.covariates();
    double[] centred = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      centred[i] = x[i] - means[i];
    }
    return RowFactory.create(
        subject.cluster(),
        subject.fold(),
        subject.outcome(),
        subject.treatment(),
        x,
        Vectors.dense(centred));
  }

  /**
   * @param side of the treatment to learn from; negative for both
   */
  Prediction outcome(Learners.Outcome learner, int side) {
    Dataset<Row> those = side < 0 ? rows : rows.where(functions.col("d").equalTo(side));
    double mean = means[means.length - 1];
    boolean isPoisson = learner == Learners.Outcome.POISSON;
    if (isPoisson) {
      requireCounts(those);
    }
    return perFold(
        others -> {
          Fit fit = isPoisson ? poisson(others, mean) : regressionTrees(others, "y");
          return x -> fit.of(x) - mean;
        },
        those);
  }

  private static void requireCounts(Dataset<Row> those) {
    long negative = those.where("y < 0").count();
    if (negative > 0) {
      throw new InvalidInput(
          "The outcome has no Poisson mean",
          negative + " rows have an outcome below zero",
          "choose linear or gradient_boosted_trees for it");
    }
  }

  /** The probability of treatment. */
  Prediction probability(Learners.Treatment learner) {
    return perFold(
        others ->
            learner == Learners.Treatment.GRADIENT_BOOSTED_TREES
                ? classificationTrees(others)
                : ridge(others),
        rows);
  }

  /** The treatment, or dose, less its mean. */
  Prediction treatment(Learners.Treatment learner) {
    double mean = means[means.length - 2];
    return perFold(
        others -> {
          Fit fit =
              learner == Learners.Treatment.GRADIENT_BOOSTED_TREES
                  ? regressionTrees(others, "d")
                  : ridge(others);
          return x -> fit.of(x) - mean;
        },
        rows);
  }

  /** A prediction from centred covariates. */
  private interface Fit extends java.io.Serializable {
    double of(double[] x);
  }

  private interface Learner {
    Fit from(Dataset<Row> rows);
  }

  private Prediction perFold(Learner learner, Dataset<Row> those) {
    List<Callable<Fit>> tasks = new ArrayList<>();
    for (int f = 0; f < folds; f++) {
      Dataset<Row> others = folds == 1 ? those : those.where(functions.col("fold").notEqual(f));
      tasks.add(
          () -> {
            long count = others.count();
            if (count < FEWEST_ROWS) {
              throw new InvalidInput(
                  "There is too little to learn from",
                  "a fold is predicted from " + count + " rows",
                  "use linear and logistic, whose few coefficients need fewer than " + FEWEST_ROWS);
            }
            return learner.from(others);
          });
    }
    List<Fit> fits = Waiting.onAll(tasks, AT_A_TIME);
    return (fold, z) -> fits.get(fold).of(java.util.Arrays.copyOfRange(z, 1, z.length - 2));
  }

  private Fit regressionTrees(Dataset<Row> others, String label) {
    GBTRegressionModel model =
        new GBTRegressor()
            .setLabelCol(label)
            .setMaxIter(trees)
            .setMaxDepth(DEPTH)
            .setStepSize(STEP)
            .setMinInstancesPerNode(SMALLEST_LEAF)
            .setSeed(seed)
            .fit(others);
    return x -> model.predict(Vectors.dense(x));
  }

  private Fit classificationTrees(Dataset<Row> others) {
    GBTClassificationModel model =
        new GBTClassifier()
            .setLabelCol("d")
            .setMaxIter(trees)
            .setMaxDepth(DEPTH)
            .setStepSize(STEP)
            .setMinInstancesPerNode(SMALLEST_LEAF)
            .setSeed(seed)
            .fit(others);
    return x -> model.predictProbability(Vectors.dense(x)).apply(1);
  }

  private static Fit ridge(Dataset<Row> others) {
    LogisticRegressionModel model =
        new LogisticRegression()
            .setLabelCol("d")
            .setFamily("binomial")
            .setRegParam(PENALTY)
            .setTol(1e-7)
            .setMaxIter(500)
            .fit(others);
    double[] slopes = model.coefficients().toArray();
    double constant = model.intercept();
    return x -> 1 / (1 + Math.exp(-constant - DotProduct.of(slopes, x)));
  }

  // In units of the mean: MLlib starts from the outcomes themselves with 0.1 for zeros, which is
  // far
  // off where outcomes are thousands.
  private static Fit poisson(Dataset<Row> others, double mean) {
    if (others.where("y > 0").isEmpty()) {
      throw doesNotSettle("all outcomes that a fold is predicted from are zero");
    }
    GeneralizedLinearRegressionModel model =
        new GeneralizedLinearRegression()
            .setLabelCol("scaled")
            .setFamily("poisson")
            .setLink("log")
            .setTol(1e-10)
            .setMaxIter(MOST_STEPS)
            .fit(others.withColumn("scaled", functions.col("y").divide(mean)));
    if (model.summary().numIterations() >= MOST_STEPS) {
      throw doesNotSettle("after " + MOST_STEPS + " steps it still moves");
    }
    double[] slopes = model.coefficients().toArray();
    double constant = model.intercept();
    return x -> mean * Math.exp(constant + DotProduct.of(slopes, x));
  }

  private static InvalidInput doesNotSettle(String why) {
    return new InvalidInput(
        "The Poisson regression of the outcome does not settle",
        why,
        "drop a covariate that tells where the outcome is zero, or choose another learner");
  }

  @Override
  public void close() {
    rows.unpersist(false);
  }
}
