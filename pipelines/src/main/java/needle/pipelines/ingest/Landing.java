package needle.pipelines.ingest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * The landing folder: {@code <system>/<extract>/<delivery date>/<file>}, on any Hadoop filesystem.
 */
public final class Landing {
  private record Found(
      String extract, String uri, String name, String deliveredOn, long bytes, int headerLines)
      implements java.io.Serializable {}

  /** The file in a landing folder that says that its people do not exist. */
  public static final String SIMULATED = "_SIMULATED";

  private final SparkSession spark;
  private final Path root;

  public Landing(SparkSession spark, String folder) {
    this.spark = spark;
    this.root = new Path(folder);
  }

  /** Every delivered file of the contracts, hashed, in order of delivery. */
  public List<LandedFile> files(List<ExtractContract> contracts) {
    return inventory(find(contracts), spark.sessionState().newHadoopConf());
  }

  private List<Found> find(List<ExtractContract> contracts) {
    List<Found> found = new ArrayList<>();
    try {
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      if (!files.exists(root)) {
        throw new InvalidInput(
            "There is no landing folder at " + root,
            "it does not exist",
            "give the folder with the extracts with --landing, or make one with `needle simulate --out .`");
      }
      for (ExtractContract contract : contracts) {
        list(files, contract, found);
      }
    } catch (IOException e) {
      throw new InvalidInput(
          "Cannot read the landing folder " + root,
          e.getMessage(),
          "check the path and its permissions");
    }
    if (found.isEmpty()) {
      throw new InvalidInput(
          "No extract was delivered to " + root,
          "none of the folders of the contracts, such as "
              + contracts.get(0).folder()
              + "/<date>/, holds a file",
          "deliver extracts there, or make some with `needle simulate`");
    }
    return found;
  }

  /** Whether the extracts are those of a simulated company. */
  public boolean isSimulated() {
    try {
      return root.getFileSystem(spark.sessionState().newHadoopConf())
          .exists(new Path(root, SIMULATED));
    } catch (IOException e) {
      throw new InvalidInput(
          "Cannot read the landing folder " + root,
          e.getMessage(),
          "check the path and its permissions");
    }
  }

  /** The dates of all delivery folders. */
  public Set<LocalDate> deliveries(List<ExtractContract> contracts) {
    return find(contracts).stream()
        .map(f -> LocalDate.parse(f.deliveredOn()))
        .collect(Collectors.toSet());
  }

  private void list(FileSystem files, ExtractContract contract, List<Found> found)
      throws IOException {
    Path folder = new Path(root, contract.folder());
    int headerLines =
        contract.format() == ExtractContract.Format.CSV ? 1 + contract.headerRowsToSkip() : 0;
    if (!files.exists(folder)) {
      return;
    }
    for (FileStatus delivery : files.listStatus(folder)) {
      if (!delivery.isDirectory() || isHidden(delivery.getPath())) {
        continue;
      }
      String date = delivery.getPath().getName();
      try {
        LocalDate.parse(date);
      } catch (DateTimeParseException e) {
        throw new InvalidInput(
            "The delivery folder " + delivery.getPath() + " is not a date",
            "its name is " + date,
            "name delivery folders by date, such as 2025-12-03");
      }
      for (FileStatus file : files.listStatus(delivery.getPath())) {
        if (file.isFile() && !isHidden(file.getPath())) {
          String name = contract.folder() + "/" + date + "/" + file.getPath().getName();
          found.add(
              new Found(
                  contract.id(),
                  file.getPath().toUri().toString(),
                  name,
                  date,
                  file.getLen(),
                  headerLines));
        }
      }
    }
  }

  private static boolean isHidden(Path path) {
    return path.getName().startsWith(".") || path.getName().startsWith("_");
  }

  private List<LandedFile> inventory(List<Found> found, Configuration conf) {
    SerializableConfiguration shared = new SerializableConfiguration(conf);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int tasks = Math.min(found.size(), 4 * context.defaultParallelism());
    return context
        .parallelize(found, tasks)
        .map(f -> describe(f, shared.value()))
        .collect()
        .stream()
        .sorted(Comparator.comparing(LandedFile::deliveredOn).thenComparing(LandedFile::name))
        .toList();
  }

  /** One pass over the bytes: their hash, the first line, and how many lines hold a record. */
  private static LandedFile describe(Found file, Configuration conf) throws IOException {
    MessageDigest digest = sha256();
    String first = "";
    long records = 0;
    try (DigestInputStream bytes = new DigestInputStream(open(file.uri(), conf), digest);
        BufferedReader lines = ExtractFile.lines(bytes, file.name())) {
      long number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (number == 1) {
          first = line;
        }
        if (number > file.headerLines() && !line.isBlank()) {
          records++;
        }
      }
      // What a decompressor leaves unread still belongs to the file.
      bytes.transferTo(OutputStream.nullOutputStream());
    }
    return new LandedFile(
        file.extract(),
        file.uri(),
        file.name(),
        LocalDate.parse(file.deliveredOn()),
        HexFormat.of().formatHex(digest.digest()),
        file.bytes(),
        first,
        records);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static InputStream open(String uri, Configuration conf) {
    try {
      return FileSystem.get(URI.create(uri), conf).open(new Path(URI.create(uri)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
