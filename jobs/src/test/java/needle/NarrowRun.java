package needle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.Job;
import needle.kit.Kpi;
import needle.kit.MeasurementPlan;
import needle.kit.Period;
import needle.kit.TableContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** A job that computes what changes of its inputs touch, and keeps the rest of what it held. */
public final class NarrowRun implements Inputs {
  private final GivenInputs all;
  private final Increment increment;
  private final Dataset<Row> units;

  private NarrowRun(GivenInputs all, Increment increment, Dataset<Row> units) {
    this.all = all;
    this.increment = increment;
    this.units = units;
  }

  /** Asserts that the touched units, computed anew, make the table that a full run makes. */
  public static void assertSameAsFull(Job job, GivenInputs before, GivenInputs after) {
    Increment increment = job.increment(after);
    Dataset<Row> units =
        touched(job, increment, before, after)
            .na()
            .drop(increment.unitNames().toArray(String[]::new))
            .distinct()
            .localCheckpoint();
    Dataset<Row> stored = increment.storedUnits(units, after).distinct();
    String[] by = increment.storedNames().toArray(String[]::new);
    Dataset<Row> kept = job.transform(before).join(stored, by, "left_anti");
    Dataset<Row> made =
        job.transform(new NarrowRun(after, increment, units)).join(stored, by, "left_semi");
    assertThat(rows(job, kept.unionByName(made))).isEqualTo(rows(job, job.transform(after)));
  }

  private static List<String> rows(Job job, Dataset<Row> rows) {
    return TextTable.text(rows, job.output().columnNames()).lines().toList();
  }

  private static Dataset<Row> touched(
      Job job, Increment increment, GivenInputs before, GivenInputs after) {
    Dataset<Row> ofChanges =
        job.inputs().stream()
            .flatMap(
                input -> {
                  Dataset<Row> held = before.rows(input);
                  Dataset<Row> due = after.rows(input);
                  Dataset<Row> changed = held.exceptAll(due).union(due.exceptAll(held));
                  return increment.from(input).stream().map(r -> r.touched().units(changed, after));
                })
            .reduce(Dataset::unionByName)
            .orElseThrow();
    LocalDate end = before.period().end();
    return end.isBefore(after.period().end()) && increment.newMonths().isPresent()
        ? ofChanges.unionByName(
            increment
                .newMonths()
                .get()
                .units(new Period(end.plusDays(1), after.period().end()), after))
        : ofChanges;
  }

  @Override
  public Dataset<Row> rows(TableContract table) {
    List<Increment.Reach> reaches = increment.from(table);
    if (reaches.size() != 1) {
      return all.rows(table);
    }
    Increment.Reach reach = reaches.get(0);
    return reach
        .keys()
        .map(keys -> Increment.within(all.rows(table), units, keys))
        .or(() -> reach.needed().map(needs -> needs.rows(all.rows(table), units, this)))
        .orElseGet(() -> all.rows(table));
  }

  @Override
  public Dataset<Row> wanted(Dataset<Row> rows) {
    List<Increment.Key> unit =
        increment.unitNames().stream().map(n -> new Increment.Key(n, n, false)).toList();
    return Increment.within(rows, units, unit);
  }

  @Override
  public Period period() {
    return all.period();
  }

  @Override
  public List<Kpi> kpis() {
    return all.kpis();
  }

  @Override
  public List<MeasurementPlan> plans() {
    return all.plans();
  }

  @Override
  public Column pseudonym(Column naturalKey) {
    return all.pseudonym(naturalKey);
  }
}
