package needle.pipelines.ingest;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.PathMatcher;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.pipelines.config.Dialect;
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
  /** A file that lies there, not yet read. */
  private record Found(
      String extract,
      Dialect dialect,
      String uri,
      String name,
      String deliveredOn,
      long bytes,
      long modifiedAt,
      Manifest.Promise promise)
      implements Serializable {
    String mark() {
      return LandedFile.mark(extract, name, bytes, modifiedAt);
    }
  }

  /** The file in a landing folder that says that its people do not exist. */
  public static final String SIMULATED = "_SIMULATED";

  private final SparkSession spark;
  private final Path root;

  public Landing(SparkSession spark, String folder) {
    this.spark = spark;
    this.root = new Path(folder);
  }

  /** Every delivered file of the contracts, surveyed, in order of delivery. */
  public List<LandedFile> files(List<ExtractContract> contracts) {
    return files(contracts, Set.of());
  }

  /**
   * Every delivered file but those that were seen before: a file is read again when its name, size
   * or time of modification is another.
   *
   * @param seen marks of files, as {@link LandedFile#mark}
   */
  public List<LandedFile> files(List<ExtractContract> contracts, Set<String> seen) {
    List<Found> fresh = find(contracts).stream().filter(f -> !seen.contains(f.mark())).toList();
    return fresh.isEmpty() ? List.of() : survey(fresh, spark.sessionState().newHadoopConf());
  }

  /** Those of a contract's delivered files that have one of these names, surveyed. */
  public List<LandedFile> named(ExtractContract contract, Set<String> names) {
    List<Found> found =
        listed(List.of(contract)).stream().filter(f -> names.contains(f.name())).toList();
    return found.isEmpty() ? List.of() : survey(found, spark.sessionState().newHadoopConf());
  }

  /**
   * The date of each contract's newest delivery, by the contract's id.
   *
   * @param surveyed files of which those that cannot be read deliver nothing
   */
  public Map<String, LocalDate> newestDeliveries(
      List<ExtractContract> contracts, List<LandedFile> surveyed) {
    Set<String> unreadable =
        surveyed.stream()
            .filter(f -> f.unreadable() != null)
            .map(LandedFile::name)
            .collect(Collectors.toSet());
    return find(contracts).stream()
        .filter(f -> !unreadable.contains(f.name()))
        .collect(
            Collectors.toMap(
                Found::extract,
                f -> LocalDate.parse(f.deliveredOn()),
                (a, b) -> a.isAfter(b) ? a : b));
  }

  /** The dates of each contract's delivery folders, by the contract's id. */
  public Map<String, Set<LocalDate>> deliveries(List<ExtractContract> contracts) {
    return find(contracts).stream()
        .collect(
            Collectors.groupingBy(
                Found::extract,
                Collectors.mapping(f -> LocalDate.parse(f.deliveredOn()), Collectors.toSet())));
  }

  private List<Found> find(List<ExtractContract> contracts) {
    List<Found> found = listed(contracts);
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

  private List<Found> listed(List<ExtractContract> contracts) {
    List<Found> found = new ArrayList<>();
    try {
      FileSystem files = root.getFileSystem(spark.sessionState().newHadoopConf());
      if (!files.exists(root)) {
        throw new InvalidInput(
            "There is no landing folder at " + root,
            "it does not exist, or this user may not look into the folder that it is in",
            "give the folder with the extracts with --landing, or make it, and deliver to"
                + " <system>/<extract>/<date>/ in it; `needle simulate --out .` makes one to try");
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

  private void list(FileSystem files, ExtractContract contract, List<Found> found)
      throws IOException {
    Path folder = new Path(root, contract.folder());
    if (!isThere(files, folder)) {
      return;
    }
    for (FileStatus delivery : files.listStatus(folder)) {
      if (delivery.isDirectory() && !isHidden(delivery.getPath())) {
        found.addAll(delivery(files, contract, delivery.getPath()));
      }
    }
  }

  // A folder that may not be looked into hides what is in it: that is no folder without deliveries.
  private boolean isThere(FileSystem files, Path folder) throws IOException {
    if (folder.equals(root) || files.exists(folder)) {
      return true;
    }
    if (isThere(files, folder.getParent())) {
      files.listStatus(folder.getParent());
    }
    return false;
  }

  // A mistyped year would make months of everything up to it.
  private static void requirePast(Path folder, LocalDate date) {
    // Where it is later than in Greenwich, tomorrow has begun.
    if (date.isAfter(LocalDate.now(ZoneOffset.UTC).plusDays(1))) {
      throw new InvalidInput(
          "The delivery folder " + folder + " is dated in the future",
          "a delivery of " + date + " cannot have arrived yet",
          "name the folder by the day on which it was delivered; if it was, check the clock of this"
              + " machine");
    }
  }

  // Hadoop takes what stands before it for the name of a filesystem.
  private static void refuseColon(Path file) {
    if (file.getName().contains(":")) {
      throw new InvalidInput(
          "The delivered file " + file + " cannot be read",
          "its name has a colon, which Hadoop's filesystems do not open",
          "rename it, such as with - for every colon");
    }
  }

  private static List<Found> delivery(FileSystem files, ExtractContract contract, Path folder)
      throws IOException {
    String date = folder.getName();
    LocalDate day;
    try {
      day = LocalDate.parse(date);
    } catch (DateTimeParseException e) {
      throw new InvalidInput(
          "The delivery folder " + folder + " is not a date",
          "its name is " + date,
          "name delivery folders by date, such as 2025-12-03");
    }
    requirePast(folder, day);
    Manifest manifest = Manifest.of(files, folder);
    List<Found> found = new ArrayList<>();
    FileStatus[] delivered = files.listStatus(folder);
    for (FileStatus file : delivered) {
      String name = file.getPath().getName();
      if (!file.isFile() || isHidden(file.getPath()) || !matches(contract, name)) {
        continue;
      }
      refuseColon(file.getPath());
      refuseLinks(file.getPath(), contract.folder() + "/" + date + "/" + name);
      found.add(
          new Found(
              contract.id(),
              contract.dialect(),
              file.getPath().toUri().toString(),
              contract.folder() + "/" + date + "/" + name,
              date,
              file.getLen(),
              file.getModificationTime(),
              manifest.of(name).orElse(null)));
    }
    // Of other extracts, too, that share the folder.
    manifest.requireAll(
        Stream.of(delivered).filter(FileStatus::isFile).map(f -> f.getPath().getName()).toList(),
        folder);
    return found;
  }

  // Text formats may come gzipped under the same name and .gz.
  static boolean matches(ExtractContract contract, String name) {
    PathMatcher expected =
        FileSystems.getDefault().getPathMatcher("glob:" + contract.filePattern());
    String unpacked = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    return Stream.of(name, unpacked).anyMatch(n -> expected.matches(java.nio.file.Path.of(n)));
  }

  // A link, of the file or of a folder on the way to it, could lead out of the landing folder, to a
  // file that nobody delivered.
  private static void refuseLinks(Path path, String below) {
    boolean local = Optional.ofNullable(path.toUri().getScheme()).orElse("file").equals("file");
    if (!local) {
      return;
    }
    java.nio.file.Path step = java.nio.file.Path.of(path.toUri().getPath());
    for (int i = 0; i < java.nio.file.Path.of(below).getNameCount(); i++) {
      if (Files.isSymbolicLink(step)) {
        throw new InvalidInput(
            "The delivered file " + path + " is a link, or lies behind one",
            step + " is a link, and links can lead out of the landing folder",
            "deliver the file itself");
      }
      step = step.getParent();
    }
  }

  static boolean isHidden(Path path) {
    return path.getName().startsWith(".") || path.getName().startsWith("_");
  }

  private List<LandedFile> survey(List<Found> found, Configuration conf) {
    SerializableConfiguration shared = new SerializableConfiguration(conf);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    int tasks = Math.min(found.size(), 4 * context.defaultParallelism());
    Collection<LandedFile> surveyed =
        context.parallelize(found, tasks).map(f -> survey(f, shared.value())).collect();
    return surveyed.stream()
        .sorted(Comparator.comparing(LandedFile::deliveredOn).thenComparing(LandedFile::name))
        .toList();
  }

  private static LandedFile survey(Found file, Configuration conf) throws IOException {
    FileSurvey.Found read = FileSurvey.of(file.uri(), file.dialect(), conf);
    String unreadable = read.unreadable();
    if (unreadable == null && file.promise() != null) {
      unreadable = Manifest.broken(file.promise(), file.bytes(), read.sha256(), read.records());
    }
    return new LandedFile(
        file.extract(),
        file.uri(),
        file.name(),
        LocalDate.parse(file.deliveredOn()),
        read.sha256(),
        file.bytes(),
        file.modifiedAt(),
        read.header(),
        read.records(),
        read.parts(),
        unreadable);
  }
}
