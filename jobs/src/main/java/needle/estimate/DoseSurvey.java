package needle.estimate;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/** Which doses people got; a dose of zero is none. */
final class DoseSurvey implements OrderedSums.Partial<Subject, DoseSurvey> {
  private static final long serialVersionUID = 1L;

  /** Fewer different doses make no curve. */
  static final int FEWEST_DOSES = 10;

  long trained;
  double least = Double.POSITIVE_INFINITY;
  double most = Double.NEGATIVE_INFINITY;

  /** Different doses, of which no more than {@value #FEWEST_DOSES} are kept. */
  final TreeSet<Double> different = new TreeSet<>();

  /** Outcomes of the untrained, and of the trained. */
  final SideEvents[] sides = {new SideEvents(), new SideEvents()};

  /** Fails where a dose is below zero or no number. */
  static void requireDoses(Dataset<Row> panel, String treatment) {
    Column dose = PanelColumns.number(treatment);
    Row counts =
        panel
            .agg(
                count(when(dose.lt(0), 1)),
                count(when(dose.isNotNull().and(not(PanelColumns.isFinite(dose))), 1)))
            .first();
    if (counts.getLong(0) + counts.getLong(1) > 0) {
      throw new InvalidInput(
          "The column " + treatment + " is not a dose",
          counts.getLong(0)
              + " rows are below zero, and "
              + counts.getLong(1)
              + " are infinite or NaN",
          "correct them; leave a dose empty where it is not known, and give 0 for none");
    }
  }

  @Override
  public DoseSurvey empty() {
    return new DoseSurvey();
  }

  @Override
  public void add(Subject subject) {
    sides[subject.treatment() > 0 ? 1 : 0].add(subject.outcome());
    if (subject.treatment() > 0) {
      trained++;
      least = Math.min(least, subject.treatment());
      most = Math.max(most, subject.treatment());
      add(subject.treatment());
    }
  }

  // The smallest ones are kept, so that the order in which they come does not matter.
  private void add(double dose) {
    if (different.add(dose) && different.size() > FEWEST_DOSES) {
      different.pollLast();
    }
  }

  @Override
  public DoseSurvey merge(DoseSurvey other) {
    trained += other.trained;
    least = Math.min(least, other.least);
    most = Math.max(most, other.most);
    other.different.forEach(this::add);
    sides[0].merge(other.sides[0]);
    sides[1].merge(other.sides[1]);
    return this;
  }

  /** The doses above zero at these shares of their number, each one that somebody got. */
  double[] quantiles(JavaRDD<Subject> subjects, double... shares) {
    Map<Long, Double> ranked = new HashMap<>();
    for (double share : shares) {
      ranked.put(Math.round(share * (trained - 1)), null);
    }
    List<Long> wanted = List.copyOf(ranked.keySet());
    List<Tuple2<Double, Long>> found =
        subjects
            .filter(subject -> subject.treatment() > 0)
            .map(Subject::treatment)
            .sortBy(dose -> dose, true, subjects.getNumPartitions())
            .zipWithIndex()
            .filter(dose -> wanted.contains(dose._2()))
            .collect();
    found.forEach(dose -> ranked.put(dose._2(), dose._1()));
    double[] quantiles = new double[shares.length];
    for (int i = 0; i < shares.length; i++) {
      quantiles[i] = ranked.get(Math.round(shares[i] * (trained - 1)));
    }
    return quantiles;
  }
}
