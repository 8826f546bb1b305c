package needle.pipelines.config;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import needle.kit.ColumnType;
import needle.kit.Layer;
import needle.kit.TableContract;

/**
 * How one extract is delivered and what its rows must hold, as its data contract declares it.
 *
 * @param isDraft whether it has still to be settled; nothing is read into tables under a draft
 * @param supplies the bronze table whose readers get these rows too; another system's export of the
 *     same thing supplies the same table
 * @param folder the extract's folder below the landing folder, {@code <system>/<extract>}
 * @param filePattern a glob that the names of its files match
 * @param pull where the rows are fetched from when nobody delivers files; null for delivered files
 * @param expectedEveryDays within how many days a delivery follows the one before; 0 for no promise
 */
public record ExtractContract(
    String id,
    String version,
    boolean isDraft,
    String system,
    String purpose,
    String supplies,
    String folder,
    String filePattern,
    Dialect dialect,
    Pull pull,
    Gates gates,
    int expectedEveryDays,
    List<Field> fields,
    List<Rule> rules)
    implements Serializable {

  /** What becomes of a column that tells of a person. */
  public enum PersonalData {
    /** It is about no person, or needed as it is. */
    KEEP,
    /** It names a person: silver holds its keyed hash only. */
    PSEUDONYMISE,
    /** It is never landed: not in the table, nor in the text of a rejected row. */
    DROP
  }

  /**
   * One column: where it stands in the source, and its type.
   *
   * @param source header, JSON pointer or column name; null for a column that is derived
   * @param format how dates and times are written: a Spark pattern, iso_instant, epoch_millis or
   *     epoch_seconds
   * @param derivedBy SQL over the columns that were read; null for a column that was read
   * @param formerSources what it was named in older files, the last name first
   */
  public record Field(
      String name,
      String source,
      ColumnType type,
      String format,
      boolean required,
      boolean key,
      PersonalData personalData,
      String derivedBy,
      String meaning,
      List<String> formerSources)
      implements Serializable {

    /** A column that has always had its name. */
    public Field(
        String name,
        String source,
        ColumnType type,
        String format,
        boolean required,
        boolean key,
        PersonalData personalData,
        String derivedBy,
        String meaning) {
      this(name, source, type, format, required, key, personalData, derivedBy, meaning, List.of());
    }

    /** Whether a format is of times that are counted, and not of a pattern. */
    public static boolean isEpoch(String format) {
      return List.of("epoch_millis", "epoch_seconds", "odata").contains(format);
    }

    private List<String> names() {
      return Stream.concat(Stream.of(source), formerSources.stream()).toList();
    }

    private Field asNamedIn(List<String> header) {
      String found =
          isDerived() ? null : names().stream().filter(header::contains).findFirst().orElse(source);
      return new Field(
          name,
          found,
          type,
          format,
          required,
          key,
          personalData,
          derivedBy,
          meaning,
          formerSources);
    }

    public boolean isDerived() {
      return derivedBy != null;
    }

    public boolean isDropped() {
      return personalData == PersonalData.DROP;
    }
  }

  /**
   * A predicate that every row passes. A row that breaks it is rejected with the description as its
   * reason, or only counted where the rule warns.
   */
  public record Rule(String description, String predicate, boolean warns) implements Serializable {}

  /**
   * What a share of rejected records in one file leads to: a warning, the whole file put aside, or
   * a failed run. A share above 1 never happens, so it switches the gate off.
   */
  public record Gates(double warnAbove, double quarantineAbove, double failAbove)
      implements Serializable {
    public static final double OFF = 2;

    /** Whether the contract itself says what many rejected records lead to. */
    public boolean areDeclared() {
      return Math.min(quarantineAbove, failAbove) < OFF;
    }
  }

  /**
   * A table or view of a database, pulled in slices of a column that only grows.
   *
   * @param server the name under which its credentials are looked up in the environment
   * @param watermark the column that tells new rows from those already pulled
   */
  public record Pull(String server, String url, String table, String watermark)
      implements Serializable {}

  /** With the names that its columns have in a file. */
  public ExtractContract asNamedIn(List<String> header) {
    return fields.stream().allMatch(f -> f.formerSources().isEmpty())
        ? this
        : new ExtractContract(
            id,
            version,
            isDraft,
            system,
            purpose,
            supplies,
            folder,
            filePattern,
            dialect,
            pull,
            gates,
            expectedEveryDays,
            fields.stream().map(f -> f.asNamedIn(header)).toList(),
            rules);
  }

  /** The columns that are read from the source, dropped ones included. */
  public List<Field> readFields() {
    return fields.stream().filter(f -> !f.isDerived()).toList();
  }

  /** The columns that reach the table. */
  public List<Field> landedFields() {
    return fields.stream().filter(f -> !f.isDropped()).toList();
  }

  /** Whether any column tells of a person. */
  public boolean tellsOfPeople() {
    return fields.stream().anyMatch(f -> f.personalData() != PersonalData.KEEP);
  }

  /**
   * Whether the text of a rejected row may hold what a source column holds. Next to columns that
   * tell of people, one that the contract does not name may tell of them, too.
   */
  public boolean mayKeep(String source) {
    List<Field> named = readFields().stream().filter(f -> f.names().contains(source)).toList();
    return named.isEmpty() ? !tellsOfPeople() : named.stream().noneMatch(Field::isDropped);
  }

  /** Whether a column is kept out of everything that is written. */
  public boolean dropsColumns() {
    return fields.stream().anyMatch(Field::isDropped);
  }

  public Optional<Pull> pulled() {
    return Optional.ofNullable(pull);
  }

  /** The bronze table that its accepted rows form. */
  public TableContract table() {
    TableContract table = TableContract.table(Layer.BRONZE, id, purpose);
    for (Field field : landedFields()) {
      table =
          field.required()
              ? table.column(field.name(), field.type(), field.meaning())
              : table.optional(field.name(), field.type(), field.meaning());
    }
    return table
        .column("_delivered_on", ColumnType.DATE, "Date of the delivery folder")
        .column("_file", ColumnType.TEXT, "File below the landing folder")
        .column(
            "_line",
            ColumnType.WHOLE,
            "Line in the file, from 1; row or element number where a format has no lines");
  }
}
