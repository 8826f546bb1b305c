package needle.pipelines.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.Layer;
import needle.kit.Period;
import needle.kit.TableContract;
import needle.pipelines.lake.ChangeSet;
import needle.pipelines.lake.ContractGate;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.RunLedger.Basis;
import needle.pipelines.lake.RunLedger.Recipe;
import needle.pipelines.lake.Stored;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Makes one table: kept as it is where none of its inputs changed, changed in the units that their
 * changes touch, or made anew.
 *
 * <p>It builds on the table's basis, the newest version that the ledger knows to be good, and never
 * on what a run left behind that died or failed: that is undone by restoring the basis before a
 * change is written. Rows are held to the contract before they are written, so a change set is one
 * commit from one good version to the next. A crash before the commit leaves nothing; one between
 * the commit and the ledger's row leaves a version that the next run undoes.
 */
final class JobStage {
  /** A third: beyond it, looking for single rows costs more than computing all. */
  private static final long LARGEST_SHARE = 3;

  /** The version that holds the table now. */
  record Made(long version, long rows, OptionalLong changed) {}

  private final DeltaTables tables;
  private final RunInputs inputs;
  private final Recipe recipe;

  JobStage(DeltaTables tables, RunInputs inputs, Recipe recipe) {
    this.tables = tables;
    this.inputs = inputs;
    this.recipe = recipe;
  }

  /** The versions of the inputs that this run reads. */
  Map<String, Long> used(Job job) {
    Map<String, Long> used = new TreeMap<>();
    job.inputs().stream()
        .flatMap(i -> inputs.sources(i).stream())
        .forEach(s -> used.put(s.qualifiedName(), inputs.version(s)));
    return used;
  }

  Made make(Job job, Optional<Basis> basis) {
    Optional<Basis> usable = basis.filter(b -> b.recipe().hash().equals(recipe.hash()));
    if (usable.isEmpty()) {
      return anew(job);
    }
    Basis from = usable.get();
    if (from.recipe().equals(recipe) && from.inputs().equals(used(job))) {
      return new Made(from.version(), from.rows(), OptionalLong.of(0));
    }
    Layer layer = job.output().layer();
    if (layer != Layer.SILVER && layer != Layer.PANEL) {
      return anew(job);
    }
    Increment increment = job.increment(inputs);
    Optional<Dataset<Row>> touched = touched(job, increment, from);
    if (touched.isPresent()) {
      try (NarrowedInputs narrowed = new NarrowedInputs(inputs, increment, touched.get())) {
        if (narrowed.count() == 0) {
          return new Made(from.version(), from.rows(), OptionalLong.of(0));
        }
        if (narrowed.count() * LARGEST_SHARE <= from.rows()) {
          Dataset<Row> due = narrowed.ofUnits(job.transform(narrowed));
          return change(job, from, narrowed.held(job.output(), from.version()), due);
        }
      }
    }
    Dataset<Row> held = inputs.held(job.output(), from.version(), Optional.empty());
    return change(job, from, held, job.transform(inputs));
  }

  private Made anew(Job job) {
    TableContract contract = job.output();
    String table = contract.qualifiedName();
    Dataset<Row> rows = job.transform(inputs);
    ContractGate.checkSchema(contract, rows.schema());
    long version =
        tables.replace(table, Stored.rows(contract, rows), Stored.partitionColumns(contract));
    ContractGate.checkRows(contract, tables.at(table, version));
    return new Made(version, tables.rowsWritten(table, version).orElse(0L), OptionalLong.empty());
  }

  private Made change(Job job, Basis from, Dataset<Row> held, Dataset<Row> due) {
    TableContract contract = job.output();
    ContractGate.checkSchema(contract, due.schema());
    try (ChangeSet changes = ChangeSet.between(contract, held, due)) {
      changes.checkRows();
      if (changes.isEmpty()) {
        return new Made(from.version(), from.rows(), OptionalLong.of(0));
      }
      if (tables.version(contract.qualifiedName()) != from.version()) {
        tables.restore(contract.qualifiedName(), from.version());
      }
      return new Made(
          changes.apply(tables),
          from.rows() + changes.inserted() - changes.deleted(),
          OptionalLong.of(changes.inserted() + changes.updated() + changes.deleted()));
    }
  }

  // The units that changed inputs or new months touch; empty when that cannot be told.
  private Optional<Dataset<Row>> touched(Job job, Increment increment, Basis from) {
    if (increment.isWhole() || !from.inputs().keySet().equals(used(job).keySet())) {
      return Optional.empty();
    }
    List<Dataset<Row>> parts = new ArrayList<>();
    for (TableContract input : job.inputs()) {
      for (TableContract source : inputs.sources(input)) {
        long before = from.inputs().get(source.qualifiedName());
        long now = inputs.version(source);
        if (before == now) {
          continue;
        }
        long after = Math.min(before, now);
        long upTo = Math.max(before, now);
        List<Increment.Reach> reaches = increment.from(input);
        if (reaches.isEmpty() || inputs.isReplaced(source, after, upTo)) {
          return Optional.empty();
        }
        Dataset<Row> changed = inputs.changes(input, source, after, upTo);
        Inputs in = inputs.lookingUp(source, after, upTo);
        reaches.forEach(r -> parts.add(inOrder(r.touched().units(changed, in), increment)));
      }
    }
    if (!from.recipe().period().equals(recipe.period())) {
      Optional<Period> newMonths = newMonths(from.recipe().period(), recipe.period());
      if (newMonths.isEmpty()) {
        return Optional.empty();
      }
      increment
          .newMonths()
          .ifPresent(m -> parts.add(inOrder(m.units(newMonths.get(), inputs), increment)));
    }
    return Optional.of(parts.stream().reduce(Dataset::union).orElseGet(() -> nothing(increment)));
  }

  private static Dataset<Row> inOrder(Dataset<Row> units, Increment increment) {
    return units.select(increment.unit());
  }

  private Dataset<Row> nothing(Increment increment) {
    org.apache.spark.sql.types.StructType schema = new org.apache.spark.sql.types.StructType();
    for (String column : increment.unitNames()) {
      schema = schema.add(column, "string");
    }
    return tables.spark().createDataFrame(List.of(), schema);
  }

  private static Optional<Period> newMonths(Period before, Period now) {
    boolean isLonger = before.start().equals(now.start()) && now.end().isAfter(before.end());
    return isLonger
        ? Optional.of(new Period(before.end().plusDays(1), now.end()))
        : Optional.empty();
  }
}
