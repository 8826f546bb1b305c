package needle.silver;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.upper;

import java.util.List;
import needle.kit.Inputs;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whose a learning record is, by the kind of id that its extract names the learner with: {@code
 * learner_system} says {@code hris_user}, which is meant where it is empty, {@code lms_username} or
 * {@code email}. By any other word an id means nobody.
 */
final class LearnerIds {
  private static final List<System> SYSTEMS =
      List.of(System.HRIS_USER, System.LMS_USERNAME, System.EMAIL);

  private static final Column SYSTEM =
      upper(coalesce(col("learner_system"), lit(System.HRIS_USER.name())));

  private LearnerIds() {}

  /** Adds the person or the reason why there is none; see {@link Identities#attribute}. */
  static Dataset<Row> attribute(Dataset<Row> records, Inputs in) {
    return Attribution.of(records, in, SYSTEMS, SYSTEM, col("learner"), col("happened_on"));
  }

  /** Those of some rows that changes of the map reach; see {@link FactReach#of}. */
  static Dataset<Row> reached(
      Dataset<Row> changed, Inputs in, Dataset<Row> rows, Column learner, Column on) {
    return SYSTEMS.stream()
        .map(
            system ->
                FactReach.of(
                    changed, in, rows.where(SYSTEM.equalTo(system.name())), system, learner, on))
        .reduce(Dataset::union)
        .orElseThrow();
  }
}
