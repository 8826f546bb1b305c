package needle.pipelines.simulate;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;
import needle.pipelines.ingest.Landing;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * A simulated company, delivered: {@code landing/} with the extracts of every month, and {@code
 * truth/effects.csv} with what was planted.
 *
 * <p>Sites are simulated side by side; each file is written once, by whoever gets its lines, in an
 * order that does not depend on how many cores there are.
 */
public final class Simulation {
  private static final long LINES_PER_PARTITION = 1_000_000;
  private static final StructType LINE =
      new StructType()
          .add("file", DataTypes.IntegerType, false)
          .add("position", DataTypes.LongType, false)
          .add("text", DataTypes.StringType);

  private final SparkSession spark;
  private final Company company;

  public Simulation(SparkSession spark, int employees, int months, long seed) {
    this.spark = spark;
    this.company = new Company(employees, months, seed);
  }

  /** Writes the company, in place of one that was simulated here before. */
  public void writeTo(String folder) {
    Path root = new Path(folder);
    Path landing = new Path(root, "landing");
    Path truth = new Path(root, "truth/effects.csv");
    try {
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      makeRoom(files, landing, truth);
      // The truth comes first: it marks the landing folder as simulated, even if this run dies.
      write(files, truth, truth());
      write(
          files,
          new Path(landing, Landing.SIMULATED),
          "The people of these extracts do not exist.\n");
      deliver(landing);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void makeRoom(FileSystem files, Path landing, Path truth) throws IOException {
    if (!files.exists(landing)) {
      return;
    }
    if (!files.exists(truth)) {
      throw new InvalidInput(
          "The company cannot be written to " + landing.getParent(),
          landing + " holds extracts that were not simulated",
          "give another folder with --out");
    }
    files.delete(landing, true);
  }

  private String truth() {
    StringBuilder text = new StringBuilder(String.join(",", Truth.COLUMNS)).append('\n');
    int[] order = IntStream.range(0, Truth.COLUMNS.size()).toArray();
    Truth.all().forEach(t -> text.append(Deliveries.csv(t.row(), order)).append('\n'));
    return text.toString();
  }

  private void deliver(Path landing) throws IOException {
    Company simulated = company;
    List<Integer> sites = IntStream.range(0, company.sites()).boxed().toList();
    int cores = spark.sparkContext().defaultParallelism();
    Dataset<Row> lines =
        spark
            .createDataset(sites, Encoders.INT())
            .repartition(Math.min(sites.size(), 8 * cores))
            .flatMap(
                (FlatMapFunction<Integer, Row>) site -> linesOf(simulated, site),
                Encoders.row(LINE))
            .unionByName(spark.createDataFrame(emptyFiles(), LINE));
    String root = landing.toString();
    SerializableConfiguration conf =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    lines
        .repartition(writers(cores), col("file"))
        .sortWithinPartitions("file", "position")
        .foreachPartition(
            (ForeachPartitionFunction<Row>) rows -> writeFiles(simulated, root, conf, rows));
  }

  private int writers(int cores) {
    double lines = 0;
    for (Extract extract : Extract.values()) {
      lines += extract.rowsPerEmployeeMonth() * company.employees() * company.months();
    }
    return Math.max(cores, (int) (lines / LINES_PER_PARTITION));
  }

  // A mark without text, so that a month without rows still has its file.
  private List<Row> emptyFiles() {
    List<Row> marks = new ArrayList<>();
    for (Extract extract : Extract.values()) {
      for (int month = 0; extract.mayBeEmpty() && month < company.months(); month++) {
        int file = LandingFile.of(company, extract, month, 0).number();
        marks.add(RowFactory.create(file, -1L, null));
      }
    }
    return marks;
  }

  private static Iterator<Row> linesOf(Company company, int number) {
    Site site = Site.simulate(company, number);
    Deliveries out = new Deliveries(company, number);
    KpiProcess process = new KpiProcess(company);
    HrisExtracts.deliver(site, out);
    UserExtract.deliver(site, out);
    DealExtracts.deliver(site, process, out);
    CaseExtracts.deliver(site, process, out);
    SafetyExtracts.deliver(site, process, out);
    LearningExtracts.deliver(site, out);
    AccountExtract.deliver(site, out);
    return out.lines().stream()
        .map(line -> RowFactory.create(line.file(), line.position(), line.text()))
        .iterator();
  }

  private static void writeFiles(
      Company company, String landing, SerializableConfiguration conf, Iterator<Row> rows)
      throws IOException {
    Writer writer = null;
    int open = -1;
    try {
      while (rows.hasNext()) {
        Row row = rows.next();
        if (row.getInt(0) != open) {
          if (writer != null) {
            writer.close();
          }
          open = row.getInt(0);
          LandingFile file = LandingFile.numbered(company, open);
          Path path = new Path(landing, file.path(company));
          writer = writer(path.getFileSystem(conf.value()), path);
          writer.write(file.header(company));
        }
        if (!row.isNullAt(2)) {
          writer.write(row.getString(2));
          writer.write('\n');
        }
      }
    } finally {
      if (writer != null) {
        writer.close();
      }
    }
  }

  private static void write(FileSystem files, Path path, String text) throws IOException {
    try (Writer writer = writer(files, path)) {
      writer.write(text);
    }
  }

  // Without the local filesystem's checksum files, which no source system delivers.
  private static Writer writer(FileSystem files, Path path) throws IOException {
    files.setWriteChecksum(false);
    return new OutputStreamWriter(files.create(path, true), StandardCharsets.UTF_8);
  }
}
