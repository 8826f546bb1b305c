package needle.pipelines.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.pipelines.SparkSessions;
import needle.pipelines.study.StudyRun;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code needle estimate}: a study on any panel. */
@Command(
    name = "estimate",
    mixinStandardHelpOptions = true,
    description = "Answer a study file's question on any CSV, Parquet or Delta panel.")
public final class EstimateCommand implements Callable<Integer> {
  // Of tables that are too wide for a terminal, what is read first; of others, all but the study.
  private static final Map<String, List<String>> SHOWN =
      Map.of(
          "effects",
          List.of(
              "program",
              "method",
              "aggregation",
              "term",
              "period",
              "event_time",
              "segment",
              "dose",
              "estimate",
              "std_error",
              "ci_low",
              "ci_high",
              "p_value",
              "treated",
              "control"),
          "verdict",
          List.of(
              "program", "method", "estimate", "ci_low", "ci_high", "verdict", "grade", "reasons"));

  // Shown only where rows would look the same without.
  private static final Set<String> PLACES = Set.of("period", "event_time", "segment", "dose");

  private static final Map<String, String> OTHERS =
      Map.of("effects", " of single cohorts and periods", "diagnostics", " that pass");

  /** How results are written. */
  enum Format {
    CSV,
    JSON,
    PARQUET,
    DELTA
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "STUDY", description = "The study file; docs/method.md has its keys.")
  private Path study;

  @Option(
      names = "--out",
      description =
          "Folder for effects, diagnostics, attrition and verdict; nothing is written without.")
  private Path out;

  @Option(
      names = "--format",
      defaultValue = "CSV",
      description = "csv, json, parquet or delta (default: csv).")
  private Format format;

  @Override
  public Integer call() {
    if (out != null && Files.exists(out) && !Files.isDirectory(out)) {
      throw new InvalidInput(
          "Nothing can be written to " + out, "it is a file", "give a folder with --out");
    }
    SparkSession spark = SparkSessions.open("needle estimate");
    StudyRun.Answers answers = new StudyRun(spark).answers(study);
    Map<String, StudyRun.Table> tables = answers.tables();
    PrintWriter terminal = spec.commandLine().getOut();
    tables.forEach((name, table) -> print(name, table, terminal));
    if (out == null && !tables.isEmpty()) {
      terminal.println("\n--out DIR writes all of it, with every column");
    }
    if (out != null && !tables.isEmpty()) {
      tables.forEach((name, table) -> write(spark, name, table));
      terminal.println("\nwritten to " + out);
    }
    terminal.flush();
    answers.failed().report();
    return 0;
  }

  // The verdict comes last, where the eye rests, and what nobody need look at is counted only.
  private static void print(String name, StudyRun.Table table, PrintWriter terminal) {
    List<Row> told = table.rows().stream().filter(r -> isTold(name, table, r)).toList();
    int others = table.rows().size() - told.size();
    if (told.isEmpty() && others > 0) {
      terminal.println("\n" + name + ": " + others + OTHERS.get(name) + ", and no other");
      return;
    }
    terminal.println("\n" + name + (others == 0 ? "" : ", without " + others + OTHERS.get(name)));
    List<String> columns = List.of(table.schema().fieldNames());
    int program = table.schema().fieldIndex("program");
    boolean hasPrograms = table.rows().stream().anyMatch(r -> !r.isNullAt(program));
    int[] shown =
        SHOWN.getOrDefault(name, columns.subList(1, columns.size())).stream()
            .mapToInt(columns::indexOf)
            .filter(i -> i != program || hasPrograms)
            .filter(i -> !PLACES.contains(columns.get(i)) || tellsApart(told, columns, i))
            .toArray();
    StructType schema =
        new StructType(
            IntStream.of(shown)
                .mapToObj(i -> table.schema().fields()[i])
                .toArray(StructField[]::new));
    List<Row> rows =
        told.stream()
            .map(r -> RowFactory.create(IntStream.of(shown).mapToObj(r::get).toArray()))
            .toList();
    ResultFormat.TABLE.print(schema, rows, terminal);
  }

  private static boolean tellsApart(List<Row> rows, List<String> columns, int column) {
    Map<List<Object>, Object> seen = new HashMap<>();
    for (Row row : rows) {
      List<Object> name =
          Stream.of("program", "method", "aggregation", "term")
              .map(c -> row.get(columns.indexOf(c)))
              .toList();
      if (seen.containsKey(name) && !Objects.equals(seen.get(name), row.get(column))) {
        return true;
      }
      seen.put(name, row.get(column));
    }
    return false;
  }

  private static boolean isTold(String name, StudyRun.Table table, Row row) {
    return switch (name) {
      case "effects" -> !"group_time".equals(row.get(table.schema().fieldIndex("aggregation")));
      case "diagnostics" -> !"pass".equals(row.get(table.schema().fieldIndex("status")));
      default -> true;
    };
  }

  private void write(SparkSession spark, String name, StudyRun.Table table) {
    String kind = format.name().toLowerCase(Locale.ROOT);
    if (format == Format.PARQUET || format == Format.DELTA) {
      spark
          .createDataFrame(table.rows(), table.schema())
          .coalesce(1)
          .write()
          .format(kind)
          .mode(SaveMode.Overwrite)
          .save(out.resolve(name).toString());
      return;
    }
    try {
      Files.createDirectories(out);
      try (PrintWriter file =
          new PrintWriter(Files.newBufferedWriter(out.resolve(name + "." + kind)))) {
        ResultFormat.valueOf(format.name()).print(table.schema(), withSchema(spark, table), file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Rows that know their columns' names, which JSON needs.
  private static List<Row> withSchema(SparkSession spark, StudyRun.Table table) {
    return spark.createDataFrame(table.rows(), table.schema()).collectAsList();
  }
}
