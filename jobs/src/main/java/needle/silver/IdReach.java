package needle.silver;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import needle.bronze.Crm;
import needle.bronze.Hris;
import needle.bronze.Lms;
import needle.kit.Increment;
import needle.kit.Inputs;
import needle.kit.TableContract;
import needle.silver.Identities.System;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which ids the claims of a source are about: all ids that an account ever carried come out
 * together, because each of its versions says until when the one before it held; and with its
 * addresses the CRM accounts without a number that carry them, too.
 */
final class IdReach {
  /** Where a row of a source holds an id. */
  private record Carries(System system, String column) {
    Column id() {
      return struct(lit(system.name()).as("system"), system.normal(col(column)).as("source_id"));
    }
  }

  /** A source that says what accounts carry, version by version. */
  private record Accounts(TableContract source, String account, List<Carries> carries) {
    /** The ids in these rows. */
    Dataset<Row> ids(Dataset<Row> rows) {
      return IdReach.ids(rows, carries);
    }

    /** All versions of the accounts of which one is among these. */
    Dataset<Row> versions(Dataset<Row> rows, Dataset<Row> some) {
      return rows.join(
          some.select(col(account).as("_account")).distinct(),
          col(account).equalTo(col("_account")),
          "left_semi");
    }

    Increment reach(Increment increment) {
      return increment.touchedBy(
          source,
          (changed, in) -> {
            Dataset<Row> versions = versions(in.rows(source), changed);
            return ids(changed)
                .union(ids(versions))
                .union(unnumbered(in, addresses(changed).union(addresses(versions))));
          },
          (rows, units, in) -> versions(rows, needed(rows, units, in)));
    }

    // What a CRM account without a number means depends on all who carried its addresses.
    private Dataset<Row> needed(Dataset<Row> rows, Dataset<Row> units, Inputs in) {
      Dataset<Row> asked = carrying(rows, units).select(account);
      Dataset<Row> crm = source.equals(Crm.USER) ? versions(rows, asked) : in.rows(Crm.USER);
      Dataset<Row> carriers =
          rows.join(
              addresses(crm.where(HAS_NO_NUMBER)), ADDRESS.equalTo(col("_address")), "left_semi");
      return asked.union(carriers.select(account));
    }

    private Dataset<Row> carrying(Dataset<Row> rows, Dataset<Row> units) {
      return rows.select(col(account), explode(array(columns(carries))).as("_id"))
          .select(col(account), col("_id.*"))
          .join(units, List.of("system", "source_id").toArray(String[]::new), "left_semi");
    }
  }

  private static final Accounts CRM =
      new Accounts(
          Crm.USER,
          "id",
          List.of(
              new Carries(System.CRM_USER, "id"),
              new Carries(System.CRM_FEDERATION, "federation_identifier"),
              new Carries(System.EMAIL, "email")));

  private static final Accounts LMS =
      new Accounts(
          Lms.ACCOUNT,
          "username",
          List.of(
              new Carries(System.LMS_USERNAME, "username"), new Carries(System.EMAIL, "email")));

  private static final Column ADDRESS = System.EMAIL.normal(col("email"));
  private static final Column HAS_NO_NUMBER = col("employee_number").isNull();

  private static final List<Carries> EMPLOYMENT =
      List.of(
          new Carries(System.HRIS_USER, "user_id"),
          new Carries(System.EMPLOYEE_NUMBER, "person_id_external"));

  private IdReach() {}

  /** Every id of a system that a source ever carried, in {@code _id}. */
  static Dataset<Row> known(Inputs in, System system) {
    return Stream.of(
            Map.entry(Hris.EMP_EMPLOYMENT, EMPLOYMENT),
            Map.entry(CRM.source(), CRM.carries()),
            Map.entry(LMS.source(), LMS.carries()))
        .flatMap(
            source ->
                source.getValue().stream()
                    .filter(c -> c.system() == system)
                    .map(c -> in.rows(source.getKey()).select(c.id().getField("source_id"))))
        .reduce(Dataset::union)
        .orElseThrow()
        .toDF("_id")
        .distinct();
  }

  /** How the map of ids narrows. */
  static Increment of() {
    Increment increment =
        Increment.per("system", "source_id")
            .storing(
                "source_id",
                "source_key",
                in -> Identities.key(in, col("system"), col("source_id")))
            .touchedBy(Hris.EMP_EMPLOYMENT, IdReach::ofPeople);
    return LMS.reach(CRM.reach(increment));
  }

  // A person whom HR knows makes claims of the accounts with that number, or with a held id.
  private static Dataset<Row> ofPeople(Dataset<Row> changed, Inputs in) {
    Dataset<Row> crm = in.rows(Crm.USER);
    Dataset<Row> lms = in.rows(Lms.ACCOUNT);
    Dataset<Row> ofPerson = accounts(crm, "employee_number", changed, "person_id_external");
    Dataset<Row> ofHolder = accounts(crm, "federation_identifier", changed, "user_id");
    Dataset<Row> learners = accounts(lms, "employee_number", changed, "person_id_external");
    Dataset<Row> crmVersions = CRM.versions(crm, ofPerson.union(ofHolder));
    Dataset<Row> lmsVersions = LMS.versions(lms, learners);
    return ids(changed, EMPLOYMENT)
        .union(CRM.ids(crmVersions))
        .union(LMS.ids(lmsVersions))
        .union(unnumbered(in, addresses(crmVersions).union(addresses(lmsVersions))));
  }

  // The CRM accounts that may be found by these addresses, as ids.
  private static Dataset<Row> unnumbered(Inputs in, Dataset<Row> addresses) {
    Dataset<Row> carriers =
        in.rows(Crm.USER)
            .where(HAS_NO_NUMBER)
            .join(addresses.distinct(), ADDRESS.equalTo(col("_address")), "left_semi");
    return ids(carriers, List.of(new Carries(System.CRM_USER, "id")));
  }

  private static Dataset<Row> addresses(Dataset<Row> versions) {
    return versions.select(ADDRESS.as("_address"));
  }

  private static Dataset<Row> accounts(
      Dataset<Row> accounts, String by, Dataset<Row> changed, String theirs) {
    return accounts.join(
        changed.select(col(theirs).as("_changed")).distinct(),
        col(by).equalTo(col("_changed")),
        "left_semi");
  }

  private static Dataset<Row> ids(Dataset<Row> rows, List<Carries> carries) {
    return rows.select(explode(array(columns(carries))).as("_id")).select("_id.*");
  }

  private static Column[] columns(List<Carries> carries) {
    return carries.stream().map(Carries::id).toArray(Column[]::new);
  }
}
