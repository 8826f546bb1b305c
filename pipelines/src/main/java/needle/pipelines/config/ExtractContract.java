package needle.pipelines.config;

import java.io.Serializable;
import java.util.List;
import needle.kit.ColumnType;
import needle.kit.Layer;
import needle.kit.TableContract;

/** How one extract is delivered and what its rows must hold, as its data contract declares it. */
public record ExtractContract(
    String id,
    String version,
    String system,
    String purpose,
    String folder,
    Format format,
    char delimiter,
    String timezone,
    int headerRowsToSkip,
    boolean allowEmpty,
    List<Field> fields,
    List<Rule> rules)
    implements Serializable {

  /** How records are written in a file. */
  public enum Format {
    CSV,
    /** JSON lines: one object per line. */
    JSON
  }

  /**
   * One column: where it stands in the source, and its type.
   *
   * @param format how dates and times are written: a Spark pattern, iso_instant, epoch_millis or
   *     epoch_seconds
   */
  public record Field(
      String name,
      String source,
      ColumnType type,
      String format,
      boolean required,
      boolean key,
      String meaning)
      implements Serializable {}

  /**
   * A predicate that every row passes; a row that does not is rejected with the description as its
   * reason.
   */
  public record Rule(String description, String predicate) implements Serializable {}

  /** The bronze table that its accepted rows form. */
  public TableContract table() {
    TableContract table = TableContract.table(Layer.BRONZE, id, purpose);
    for (Field field : fields) {
      table =
          field.required()
              ? table.column(field.name(), field.type(), field.meaning())
              : table.optional(field.name(), field.type(), field.meaning());
    }
    return table
        .column("_delivered_on", ColumnType.DATE, "Date of the delivery folder")
        .column("_file", ColumnType.TEXT, "File below the landing folder")
        .column("_line", ColumnType.WHOLE, "Line in the file, from 1");
  }
}
