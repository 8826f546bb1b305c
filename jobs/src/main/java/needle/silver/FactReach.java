package needle.silver;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import needle.kit.Inputs;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which facts a change of the map of ids may give to somebody else: those on days on which another
 * set of people holds their id; and all of an id that came to be known, is not known any more, or
 * is nobody's, because then the reason for having no person changes on every day.
 */
final class FactReach {
  private static final Column EVER = lit("0001-01-01").cast("date");
  private static final Column NEVER = lit("9999-12-31").cast("date");

  private FactReach() {}

  /**
   * Those of some rows that changes of the map reach.
   *
   * @param changed rows of the map, both images of what was updated
   * @param on the day by which a row is attributed
   */
  static Dataset<Row> of(
      Dataset<Row> changed,
      Inputs in,
      Dataset<Row> rows,
      System system,
      Column sourceId,
      Column on) {
    Dataset<Row> ids =
        in.once("ids of " + system.name() + " by stretch", () -> ids(changed, in, system));
    Column isThen = on.isNull().or(on.geq(col("_from")).and(on.lt(col("_to"))));
    return rows.join(
        in.few(ids), system.normal(sourceId).equalTo(col("_id")).and(isThen), "left_semi");
  }

  /** One row per id and stretch of days, with {@code _id}, {@code _from} and {@code _to}. */
  private static Dataset<Row> ids(Dataset<Row> changed, Inputs in, System system) {
    Dataset<Row> spans = spans(changed.where(col("system").equalTo(system.name())), in, system);
    // Each id is hashed once, not each of its facts.
    return IdReach.known(in, system)
        .join(
            in.few(spans), Identities.key(in, lit(system.name()), col("_id")).equalTo(col("_key")))
        .select("_id", "_from", "_to");
  }

  /** The people whom the ids of some rows mean, on whatever day. */
  static Dataset<Row> people(Dataset<Row> rows, Inputs in, System system, Column sourceId) {
    Dataset<Row> keys =
        rows.select(sourceId.as("_id"))
            .distinct()
            .select(Identities.key(in, system, col("_id")).as("_key"));
    return in.rows(Identities.TABLE)
        .where(col("system").equalTo(system.name()))
        .join(in.few(keys), col("source_key").equalTo(col("_key")), "left_semi")
        .select("employee_id");
  }

  /** Those of some rows whose id means one of the people, on whatever day. */
  static Dataset<Row> ofPeople(
      Dataset<Row> rows, Dataset<Row> people, Inputs in, System system, Column sourceId) {
    Dataset<Row> keys =
        in.rows(Identities.TABLE)
            .where(col("system").equalTo(system.name()))
            .join(people, new String[] {"employee_id"}, "left_semi")
            .select(col("source_key").as("_key"))
            .distinct();
    Dataset<Row> ids =
        IdReach.known(in, system)
            .join(
                in.few(keys),
                Identities.key(in, lit(system.name()), col("_id")).equalTo(col("_key")),
                "left_semi");
    return rows.join(in.few(ids), system.normal(sourceId).equalTo(col("_id")), "left_semi");
  }

  /** One row per key and stretch of days, with {@code _key}, {@code _from} and {@code _to}. */
  private static Dataset<Row> spans(Dataset<Row> changed, Inputs in, System system) {
    // An image of a row before and one after: it was there all the time, and its end moved.
    Column stayed = col("_images").mod(2).equalTo(0);
    Dataset<Row> claims =
        changed
            .groupBy("source_key", "employee_id", "valid_from", "is_ambiguous")
            .agg(
                count(lit(1)).as("_images"),
                min("valid_to").as("_first_end"),
                max("valid_to").as("_last_end"));
    Dataset<Row> moved =
        claims.select(
            col("source_key").as("_key"),
            when(stayed, col("_first_end")).otherwise(col("valid_from")).as("_from"),
            col("_last_end").as("_to"));
    Dataset<Row> everyDay =
        changed
            .select(col("source_key").as("_key"), col("employee_id").isNull().as("_nobodys"))
            .join(
                knownThroughout(changed, claims.where(stayed.equalTo(false)), in, system),
                col("_key").equalTo(col("_known")),
                "left")
            .where(col("_nobodys").or(col("_known").isNull()))
            .select(col("_key"), EVER.as("_from"), NEVER.as("_to"));
    return moved.where(col("_from").lt(col("_to"))).union(everyDay).distinct();
  }

  // Keys with a claim that holds now and held before.
  private static Dataset<Row> knownThroughout(
      Dataset<Row> changed, Dataset<Row> newOrGone, Inputs in, System system) {
    Dataset<Row> keys = changed.select("source_key").distinct();
    Dataset<Row> now =
        in.rows(Identities.TABLE)
            .where(col("system").equalTo(system.name()))
            .join(in.few(keys), new String[] {"source_key"}, "left_semi")
            .as("now");
    Column same =
        col("now.source_key")
            .equalTo(col("other.source_key"))
            .and(col("now.employee_id").eqNullSafe(col("other.employee_id")))
            .and(col("now.valid_from").equalTo(col("other.valid_from")))
            .and(col("now.is_ambiguous").equalTo(col("other.is_ambiguous")));
    return now.join(in.few(newOrGone.as("other")), same, "left_anti")
        .select(col("source_key").as("_known"))
        .distinct();
  }
}
