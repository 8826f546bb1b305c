package needle.silver;

import static needle.kit.ColumnType.TEXT;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import needle.kit.Inputs;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Gives facts to people by the id map, or says why a fact is nobody's. */
final class Attribution {
  /** Why a fact has no person. */
  enum Reason {
    /** The fact carries no id. */
    NO_ID,
    /** The id is an account that tests are made with. */
    TEST_ACCOUNT,
    /** The id is a queue, an integration or a mailbox of several people. */
    SHARED_ACCOUNT,
    /** The id is an account without a number, and no source says whose it is. */
    NO_NUMBER,
    /** No source knows the id. */
    UNKNOWN_ID,
    /** The id meant somebody at another time. */
    NOT_VALID_THEN,
    /** The id meant two people at once. */
    AMBIGUOUS;

    /** As it is written in a table. */
    String code() {
      return name().toLowerCase(Locale.ROOT);
    }

    Column column() {
      return lit(code());
    }
  }

  /** The column that says why; empty where there is a person. */
  static final String BECAUSE = "unattributed_because";

  private static final String TEST = "(?i)^(test|demo)[-_.].*";
  // Salesforce gives queues the prefix of groups.
  private static final String QUEUE = "^00G.*";
  private static final String MAILBOX =
      "(?i)^(info|support|sales|service|hr|office|team|training|admin|postmaster|no-?reply)@.*";

  private static final String CODES =
      Stream.of(Reason.values()).map(Reason::code).collect(Collectors.joining(", "));

  private Attribution() {}

  /**
   * The contract of a table of facts about people, with the two columns that attribution adds.
   *
   * @param who whom the fact is about
   */
  static TableContract columns(TableContract facts, String who) {
    return facts
        .optional("employee_id", TEXT, "Pseudonym of " + who + "; empty when not attributed")
        .optional(BECAUSE, TEXT, "Why there is no person: " + CODES)
        .check(
            "(employee_id is null) = (" + BECAUSE + " is not null)",
            "a fact has a person or the reason why not");
  }

  /** The facts with a person or a reason; see {@link Identities#attribute}. */
  static Dataset<Row> of(Dataset<Row> facts, Inputs in, System system, Column sourceId, Column on) {
    return of(facts, in, List.of(system), lit(system.name()), sourceId, on);
  }

  /**
   * The same for facts that carry ids of several systems.
   *
   * @param system the name of a fact's own one
   */
  static Dataset<Row> of(
      Dataset<Row> facts,
      Inputs in,
      List<System> systems,
      Column system,
      Column sourceId,
      Column on) {
    // One row per id, so that no fact can meet two.
    Dataset<Row> ids =
        in.rows(Identities.TABLE)
            .where(col("system").isin(systems.stream().map(System::name).toArray()))
            .groupBy(col("source_key").as("_id_key"))
            .agg(
                collect_list(
                        struct(
                            "employee_id", "valid_from", "valid_to", "is_ambiguous", "is_shared"))
                    .as("_holders"));
    Column held =
        filter(
            col("_holders"),
            h ->
                col("_on")
                    .geq(h.getField("valid_from"))
                    .and(col("_on").lt(h.getField("valid_to"))));
    Column holder = get(col("_held"), lit(0));
    Column isSure = size(col("_held")).equalTo(1).and(not(holder.getField("is_ambiguous")));
    return facts
        .withColumn("_system", system)
        .withColumn("_id", Identities.normal(col("_system"), sourceId))
        .withColumn("_key", Identities.key(in, col("_system"), col("_id")))
        .withColumn("_on", on)
        .join(ids, col("_key").equalTo(col("_id_key")), "left")
        .withColumn("_held", held)
        .withColumn("employee_id", when(isSure, holder.getField("employee_id")))
        .withColumn(BECAUSE, when(col("employee_id").isNull(), reason()))
        .drop("_system", "_id", "_key", "_on", "_id_key", "_holders", "_held");
  }

  private static Column reason() {
    Column id = col("_id");
    Column isKnown = col("_holders").isNotNull();
    Column isShared = anyHolder(h -> h.getField("is_shared"));
    Column isUnnumbered = anyHolder(h -> h.getField("employee_id").isNull());
    Column looksShared =
        when(is(System.CRM_USER), id.rlike(QUEUE))
            .when(is(System.EMAIL), id.rlike(MAILBOX))
            .otherwise(false);
    return when(id.isNull(), Reason.NO_ID.column())
        .when(isShared, Reason.SHARED_ACCOUNT.column())
        .when(isUnnumbered, Reason.NO_NUMBER.column())
        .when(not(isKnown).and(id.rlike(TEST)), Reason.TEST_ACCOUNT.column())
        .when(not(isKnown).and(looksShared), Reason.SHARED_ACCOUNT.column())
        .when(not(isKnown), Reason.UNKNOWN_ID.column())
        .when(size(col("_held")).equalTo(0), Reason.NOT_VALID_THEN.column())
        .otherwise(Reason.AMBIGUOUS.column());
  }

  private static Column is(System system) {
    return col("_system").equalTo(system.name());
  }

  private static Column anyHolder(Function<Column, Column> is) {
    return coalesce(exists(col("_holders"), is::apply), lit(false));
  }
}
