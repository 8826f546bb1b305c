package needle.estimate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.estimate.EffectEstimate.Diagnostic;
import needle.kit.InvalidInput;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;

/** The complete rows of a cross-section, in buckets by cluster; held in memory until closed. */
final class CrossSection implements AutoCloseable {
  /** More folds than this leave little to fit on the side of a fold. */
  static final int MOST_FOLDS = 100;

  /** A column whose values divide the sample, and these values in order. */
  record SegmentColumn(String name, List<String> values) {}

  private final SparkSession spark;
  private final JavaRDD<Subject> subjects;
  private final List<SegmentColumn> segments;
  private final int folds;
  private final int covariates;
  private final long rowsRead;
  private final long rows;
  private final long treated;
  private final long doses;
  private final MissingOutcomes missing;
  private Totals totals;

  /**
   * @param counts rows read, rows complete, of these treated, and with another value than 0 and 1;
   *     last those whose outcome is missing
   */
  private CrossSection(
      SparkSession spark,
      JavaRDD<Subject> subjects,
      List<SegmentColumn> segments,
      int folds,
      int covariates,
      Row counts) {
    this.spark = spark;
    this.subjects = subjects;
    this.segments = segments;
    this.folds = folds;
    this.covariates = covariates;
    this.rowsRead = counts.getLong(0);
    this.rows = counts.getLong(1);
    this.treated = counts.getLong(2);
    this.doses = counts.getLong(3);
    this.missing = MissingOutcomes.of(counts.getList(5));
  }

  /**
   * @param treatment the column that says who was treated, or how much
   * @param foldColumn whose values are the folds; without it, clusters are spread over {@code
   *     folds} at random
   */
  static CrossSection of(
      Dataset<Row> panel,
      StudyDesign design,
      String treatment,
      List<String> covariates,
      Optional<String> foldColumn,
      int folds) {
    return of(panel, design, treatment, covariates, foldColumn, folds, List.of());
  }

  /**
   * @param segmentColumns whose values divide the sample otherwise
   */
  static CrossSection of(
      Dataset<Row> panel,
      StudyDesign design,
      String treatment,
      List<String> covariates,
      Optional<String> foldColumn,
      int folds,
      List<String> segmentColumns) {
    String cluster = design.cluster().orElse(design.unit());
    List<String> names = new ArrayList<>(segmentColumns);
    names.add(cluster);
    foldColumn.ifPresent(names::add);
    Column isComplete = isComplete(design, treatment, covariates, names);
    Column dose = PanelColumns.number(treatment);
    Column outcome = PanelColumns.number(design.outcome());
    Row counts =
        panel
            .agg(
                count(lit(1)),
                count(when(isComplete, 1)),
                count(when(isComplete.and(dose.notEqual(0)), 1)),
                count(when(isComplete.and(not(dose.isin(0, 1))), 1)),
                Circularity.among(isComplete, outcome, dose),
                MissingOutcomes.counted(dose, outcome))
            .first();
    if (counts.getLong(1) == 0) {
      throw new InvalidInput(
          "No row can be analysed",
          "none of the " + counts.getLong(0) + " rows has all of its columns filled with numbers",
          "fill the outcome, the treatment, the covariates and the cluster");
    }
    if (counts.getBoolean(4)) {
      throw Circularity.refused(design.outcome());
    }
    Dataset<Row> complete = panel.where(isComplete);
    List<String> levels = foldColumn.map(c -> folds(complete, c)).orElse(List.of());
    if (foldColumn.isPresent() && !design.isClusteredByUnit()) {
      requireWholeClusters(complete, cluster, foldColumn.get());
    }
    List<SegmentColumn> segments =
        segmentColumns.stream().map(c -> SegmentChecks.column(c, levels(complete, c))).toList();
    int parts = foldColumn.isPresent() ? levels.size() : folds;
    Column key = col(cluster).cast("string");
    Column fold = pmod(xxhash64(lit(design.seed()), key), lit(parts)).cast("int");
    if (foldColumn.isPresent()) {
      fold = place(foldColumn.get(), levels);
    }
    JavaRDD<Subject> subjects =
        QueryRows.each(
            OrderedSums.inBuckets(
                complete.select(
                    OrderedSums.bucket(key),
                    key.as("cluster"),
                    fold.as("fold"),
                    outcome.as("y"),
                    dose.as("d"),
                    array(covariates.stream().map(PanelColumns::number).toArray(Column[]::new))
                        .cast("array<double>")
                        .as("x"),
                    array(segments.stream().map(CrossSection::place).toArray(Column[]::new))
                        .cast("array<int>")
                        .as("segments")),
                "cluster",
                "fold",
                "y",
                "d",
                "x",
                "segments"),
            CrossSection::subject);
    return new CrossSection(
        panel.sparkSession(), HeldUnits.of(subjects), segments, parts, covariates.size(), counts);
  }

  private static Column place(SegmentColumn column) {
    return place(column.name(), column.values());
  }

  // Which of these values a row has.
  private static Column place(String column, List<String> values) {
    Column place = lit(0);
    for (int i = 1; i < values.size(); i++) {
      place = when(col(column).cast("string").equalTo(values.get(i)), i).otherwise(place);
    }
    return place;
  }

  /** Fails unless a sample can be divided into so many folds. */
  static void requireFolds(int folds) {
    if (folds < 1 || folds > MOST_FOLDS) {
      throw new InvalidInput(
          "The sample cannot be divided into " + folds + " folds",
          "their number lies between 1, which is no cross-fitting, and " + MOST_FOLDS,
          "give 5");
    }
  }

  private static Subject subject(InternalRow row) {
    return new Subject(
        row.getInt(0),
        row.getUTF8String(1).toString(),
        row.getInt(2),
        row.getDouble(3),
        row.getDouble(4),
        row.getArray(5).toDoubleArray(),
        row.getArray(6).toIntArray());
  }

  private static Column isComplete(
      StudyDesign design, String treatment, List<String> covariates, List<String> names) {
    List<String> numbers = new ArrayList<>(covariates);
    numbers.add(design.outcome());
    numbers.add(treatment);
    Column filled = lit(true);
    for (String column : names) {
      filled = filled.and(col(column).isNotNull());
    }
    for (String column : numbers) {
      filled = filled.and(PanelColumns.isFinite(PanelColumns.number(column)));
    }
    return filled;
  }

  // One more than are allowed is enough to see that there are too many.
  private static List<String> levels(Dataset<Row> complete, String column) {
    return complete
        .select(col(column).cast("string"))
        .distinct()
        .limit(MOST_FOLDS + 1)
        .collectAsList()
        .stream()
        .map(r -> r.getString(0))
        .sorted()
        .toList();
  }

  private static List<String> folds(Dataset<Row> complete, String foldColumn) {
    List<String> levels = levels(complete, foldColumn);
    if (levels.size() < 2 || levels.size() > MOST_FOLDS) {
      throw new InvalidInput(
          "The column " + foldColumn + " does not divide the sample into folds",
          "it has "
              + (levels.size() > MOST_FOLDS ? "more than " + MOST_FOLDS : levels.size())
              + " different values",
          "give each row one of 2 to " + MOST_FOLDS + " folds");
    }
    return levels;
  }

  // Predicted from others of its cluster, a row is predicted from what it shares with them.
  private static void requireWholeClusters(Dataset<Row> complete, String cluster, String fold) {
    Column value = col(fold).cast("string");
    Row divided =
        complete
            .groupBy(col(cluster).cast("string").as("cluster"))
            .agg(min(value).as("first"), max(value).as("last"))
            .where(col("first").notEqual(col("last")))
            .agg(count(lit(1)), min("cluster"))
            .first();
    if (divided.getLong(0) > 0) {
      throw new InvalidInput(
          "The column " + fold + " divides clusters",
          divided.getLong(0)
              + " values of "
              + cluster
              + ", such as "
              + divided.getString(1)
              + ", have rows in several folds, which are predicted from each other",
          "give all rows of a cluster one fold, or leave fold out: clusters are spread as wholes");
    }
  }

  SparkSession spark() {
    return spark;
  }

  JavaRDD<Subject> subjects() {
    return subjects;
  }

  List<SegmentColumn> segments() {
    return segments;
  }

  int folds() {
    return folds;
  }

  long rows() {
    return rows;
  }

  /** Rows whose treatment is not zero. */
  long treated() {
    return treated;
  }

  /** Whether the treatment is 0 or 1. */
  boolean hasSides() {
    return doses == 0;
  }

  /** Fails unless there are rows on both sides of the treatment, and nowhere else. */
  void requireSides(String treatment) {
    if (doses > 0) {
      throw new InvalidInput(
          "The treatment " + treatment + " is not 0 or 1",
          doses + " rows have another value",
          "give a column of 0 and 1, or treatment as dose with a method for doses, such as"
              + " partially_linear");
    }
    if (treated == 0 || treated == rows) {
      throw new InvalidInput(
          treated == 0 ? "Nobody was treated" : "There is nobody to compare the treated with",
          "the treatment " + treatment + " is " + (treated == 0 ? 0 : 1) + " in all rows",
          "supply rows of both sides");
    }
  }

  /** Over how many clusters the treatment is spread. */
  List<Diagnostic> clusters() {
    double mean = hasSides() ? Double.NaN : means()[covariates];
    return OrderedSums.of(subjects, new TreatmentSpread(hasSides(), mean)).checks();
  }

  /** Of the sides on which hardly anything happened. */
  List<Diagnostic> events() {
    return SideEvents.checks(totals().sides);
  }

  /** Of who was lost, in all and by side. */
  List<Diagnostic> losses() {
    List<Diagnostic> found = new ArrayList<>();
    found.add(DesignChecks.analysed(rows, rowsRead, "%.0f%% of the rows were analysed."));
    if (hasSides()) {
      missing.check().ifPresent(found::add);
    }
    return found;
  }

  List<AttritionStep> attrition() {
    return List.of(
        new AttritionStep("read", rowsRead, rowsRead, "all rows"),
        new AttritionStep(
            "incomplete",
            rowsRead - rows,
            rowsRead - rows,
            "outcome, treatment, covariate, fold, cluster or segment is empty or no finite number"),
        new AttritionStep("analysed", rows, rows, "complete rows"));
  }

  /** Means of the covariates, the treatment and the outcome. */
  double[] means() {
    return totals().means(rows);
  }

  private Totals totals() {
    if (totals == null) {
      totals = OrderedSums.of(subjects, new Totals(covariates + 2));
    }
    return totals;
  }

  static double[] means(JavaRDD<Subject> subjects, int covariates, long rows) {
    return OrderedSums.of(subjects, new Totals(covariates + 2)).means(rows);
  }

  private static final class Totals implements OrderedSums.Partial<Subject, Totals> {
    private static final long serialVersionUID = 1L;
    private final double[] sums;

    /** Of who has no treatment, and of who has. */
    private final SideEvents[] sides = {new SideEvents(), new SideEvents()};

    Totals(int width) {
      this.sums = new double[width];
    }

    double[] means(long rows) {
      return Arrays.stream(sums).map(sum -> sum / rows).toArray();
    }

    @Override
    public Totals empty() {
      return new Totals(sums.length);
    }

    @Override
    public void add(Subject subject) {
      int covariates = subject.covariates().length;
      CellSums.add(sums, subject.covariates(), covariates);
      sums[covariates] += subject.treatment();
      sums[covariates + 1] += subject.outcome();
      sides[subject.treatment() == 0 ? 0 : 1].add(subject.outcome());
    }

    @Override
    public Totals merge(Totals other) {
      CellSums.add(sums, other.sums);
      sides[0].merge(other.sides[0]);
      sides[1].merge(other.sides[1]);
      return this;
    }
  }

  @Override
  public void close() {
    subjects.unpersist(false);
  }
}
