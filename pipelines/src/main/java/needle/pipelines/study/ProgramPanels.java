package needle.pipelines.study;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import needle.estimate.EffectEstimate.AttritionStep;
import needle.kit.InvalidInput;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * A study's panel by program: all of it, where the study names no column of programs; else the rows
 * of each program, held in memory until closed, because every method reads its program's part.
 *
 * @param programs by name; a single one without a name where there is no such column
 * @param leftOut the rows of no program
 */
record ProgramPanels(
    Dataset<Row> rows,
    Optional<String> column,
    List<Optional<String>> programs,
    Optional<AttritionStep> leftOut)
    implements AutoCloseable {
  /** A column that names more is hardly one of programs, and would be answered for days. */
  static final int MOST = 1000;

  static ProgramPanels of(Dataset<Row> panel, StudyFile study) {
    if (study.programs() == null) {
      return new ProgramPanels(
          panel, Optional.empty(), List.of(Optional.empty()), Optional.empty());
    }
    String column = study.programs();
    requireColumn(panel, column);
    Dataset<Row> rows = named(panel, study).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      // Counts by program; without a name, of the rows that are left out.
      List<Row> counts = rows.groupBy(column).count().limit(MOST + 2).collectAsList();
      List<Optional<String>> programs =
          counts.stream()
              .filter(r -> !r.isNullAt(0))
              .map(r -> r.getString(0))
              .sorted()
              .map(Optional::of)
              .toList();
      requireSome(programs, column);
      long nameless = counts.stream().filter(r -> r.isNullAt(0)).mapToLong(r -> r.getLong(1)).sum();
      long units = nameless == 0 ? 0 : unitsWithout(rows, column, study.panel().unit());
      return new ProgramPanels(
          rows,
          Optional.of(column),
          programs,
          Optional.of(
              new AttritionStep(
                  "no_program",
                  units,
                  nameless,
                  column + " is empty, so the row belongs to no program")));
    } catch (RuntimeException e) {
      rows.unpersist(false);
      throw e;
    }
  }

  /** The rows of a program. */
  Dataset<Row> of(Optional<String> program) {
    return column.isEmpty() ? rows : rows.where(col(column.get()).equalTo(program.orElseThrow()));
  }

  // What the study reads, and no more.
  private static Dataset<Row> named(Dataset<Row> panel, StudyFile study) {
    Set<String> needed = new LinkedHashSet<>();
    needed.add(study.programs());
    StudyColumn.of(study).forEach(c -> needed.add(c.name()));
    List<String> present = List.of(panel.columns());
    // Where a column is missing, the methods say so, with those that there are.
    Dataset<Row> narrow =
        present.containsAll(needed)
            ? panel.select(needed.stream().map(c -> col(c)).toArray(Column[]::new))
            : panel;
    Column name = col(study.programs()).cast("string");
    return narrow.withColumn(study.programs(), when(trim(name).notEqual(""), name));
  }

  private static long unitsWithout(Dataset<Row> rows, String column, String unit) {
    Dataset<Row> named = rows.where(col(column).isNotNull()).select(unit);
    return rows.where(col(column).isNull().and(col(unit).isNotNull()))
        .select(unit)
        .distinct()
        .except(named)
        .count();
  }

  private static void requireColumn(Dataset<Row> panel, String column) {
    if (!List.of(panel.columns()).contains(column)) {
      throw new InvalidInput(
          "The panel has no column " + column,
          "its columns are " + String.join(", ", panel.columns()),
          "name an existing column in programs");
    }
  }

  private static void requireSome(List<Optional<String>> programs, String column) {
    if (programs.isEmpty()) {
      throw new InvalidInput(
          "The panel has no program",
          "the column " + column + " is empty in every row",
          "name the column of the program in programs, or leave programs out");
    }
    if (programs.size() > MOST) {
      throw new InvalidInput(
          "The panel has more than " + MOST + " programs",
          "the column " + column + " has more than " + MOST + " values",
          "name the column of the program in programs, or divide the panel into several studies");
    }
  }

  @Override
  public void close() {
    if (column.isPresent()) {
      rows.unpersist(false);
    }
  }
}
