package needle.estimate;

import static org.apache.spark.sql.functions.expr;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** Groups of equal size by the effect that is predicted for units from the other folds. */
final class PredictedGroups {
  /** As in Chernozhukov, Demirer, Duflo & Fernández-Val 2018. */
  static final int GROUPS = 5;

  private PredictedGroups() {}

  /**
   * Per fold, the predicted effects at which groups end, but for the last. Within folds, because
   * the predictions of two folds are of two models.
   */
  static double[][] thresholds(CrossSection sample, SubjectScores scores) {
    String shares =
        IntStream.range(1, GROUPS)
            .mapToObj(i -> Double.toString(i / (double) GROUPS))
            .collect(Collectors.joining(","));
    JavaRDD<Row> predicted =
        sample
            .subjects()
            .mapPartitions(
                subjects -> {
                  SubjectScores of = scores.another();
                  Iterable<Subject> all = () -> subjects;
                  return java.util.stream.StreamSupport.stream(all.spliterator(), false)
                      .map(
                          subject -> {
                            of.of(subject);
                            return RowFactory.create(subject.fold(), of.predicted);
                          })
                      .iterator();
                });
    double[][] thresholds = new double[sample.folds()][];
    for (Row row :
        sample
            .spark()
            .createDataFrame(predicted, StructType.fromDDL("fold int, effect double"))
            .groupBy("fold")
            .agg(expr("percentile(effect, array(" + shares + "))"))
            .collectAsList()) {
      List<Double> ends = row.getList(1);
      thresholds[row.getInt(0)] = ends.stream().mapToDouble(Double::doubleValue).toArray();
    }
    for (double[] ends : thresholds) {
      if (ends == null) {
        throw new InvalidInput(
            "A fold has no units",
            "there are " + sample.folds() + " folds and too few units or clusters",
            "divide the sample into fewer folds");
      }
    }
    return thresholds;
  }
}
