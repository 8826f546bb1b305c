package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_compact;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.to_utc_timestamp;
import static org.apache.spark.sql.functions.try_to_timestamp;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import needle.kit.ColumnType;
import needle.pipelines.config.ExtractContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * Turns a record's text fields into the contract's types, and says why where that is not possible.
 */
final class TypedColumns {
  /** The prefix of the text that a typed column was made from. */
  static final String TEXT = "_text_";

  private static final String FAULT = "_fault";

  private TypedColumns() {}

  /** Adds the typed columns and {@code _reason}: empty when the row is fit, else all its faults. */
  static Dataset<Row> of(Dataset<Row> texts, ExtractContract contract) {
    List<Column> typed = new ArrayList<>();
    typed.add(col("*"));
    contract.fields().forEach(f -> typed.add(value(f, contract.timezone()).as(f.name())));
    List<Column> faults = new ArrayList<>();
    faults.add(col(FAULT));
    contract.fields().forEach(f -> faults.add(when(col(FAULT).isNull(), fault(f))));
    for (ExtractContract.Rule rule : contract.rules()) {
      // An empty value is the business of "required": a rule is broken only by a value that it
      // judges.
      Column broken = not(coalesce(expr(rule.predicate()), lit(true)));
      faults.add(when(col(FAULT).isNull().and(broken), lit("not so: " + rule.description())));
    }
    Column reason = array_join(array_compact(array(faults.toArray(Column[]::new))), "; ");
    return texts
        .select(typed.toArray(Column[]::new))
        .withColumn("_reason", when(reason.equalTo(""), lit(null)).otherwise(reason));
  }

  private static Column fault(ExtractContract.Field field) {
    Column text = col(TEXT + field.name());
    Column unreadable =
        when(
            text.isNotNull().and(col(field.name()).isNull()),
            concat(
                lit(field.name() + ": '"),
                functions.substring(text, 1, 60),
                lit("' is not " + inWords(field.type()))));
    return field.required()
        ? coalesce(unreadable, when(text.isNull(), lit(field.name() + " is empty")))
        : unreadable;
  }

  private static String inWords(ColumnType type) {
    return switch (type) {
      case TEXT -> "a text";
      case NUMBER -> "a number";
      case WHOLE -> "a whole number";
      case FLAG -> "true or false";
      case DATE -> "a date of the contract's format";
      case INSTANT -> "a time of the contract's format";
    };
  }

  private static Column value(ExtractContract.Field field, String zone) {
    Column text = col(TEXT + field.name());
    Column trimmed = functions.trim(text);
    return switch (field.type()) {
      case TEXT -> text;
      case NUMBER -> finite(trimmed.try_cast("double"));
      case WHOLE -> trimmed.try_cast("bigint");
      case FLAG -> trimmed.try_cast("boolean");
      case DATE -> date(trimmed, field.format());
      case INSTANT -> instant(trimmed, field.format(), zone);
    };
  }

  // One NaN or infinity would poison every sum that it enters.
  private static Column finite(Column number) {
    return when(
        number
            .isNotNull()
            .and(not(functions.isnan(number)))
            .and(functions.abs(number).lt(lit(Double.POSITIVE_INFINITY))),
        number);
  }

  private static Column date(Column text, String format) {
    return format.equals("epoch_millis") || format.equals("epoch_seconds")
        ? instant(text, format, "UTC").cast("date")
        : try_to_timestamp(text, lit(format)).cast("date");
  }

  private static Column instant(Column text, String format, String zone) {
    return switch (format) {
      case "iso_instant" -> text.try_cast("timestamp");
      case "epoch_millis" -> functions.timestamp_millis(text.try_cast("bigint"));
      case "epoch_seconds" -> functions.timestamp_seconds(text.try_cast("bigint"));
      default -> to_utc_timestamp(try_to_timestamp(text, lit(format)), zone);
    };
  }
}
