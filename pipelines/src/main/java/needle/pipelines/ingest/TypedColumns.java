package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.from_utc_timestamp;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.to_utc_timestamp;
import static org.apache.spark.sql.functions.try_to_timestamp;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import needle.kit.ColumnType;
import needle.pipelines.config.ExtractContract;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.TryEval;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.functions;

/**
 * Turns a record's text fields into the contract's types, and says why where that is not possible.
 */
final class TypedColumns {
  /** The prefix of the text that a typed column was made from. */
  static final String TEXT = "_text_";

  private static final String FAULT = "_fault";
  private static final String VALUE = "value";
  private static final String DERIVED = "_derived_";
  // Behind the day, a time of the clock alone has digits, colons and a dot.
  private static final String ZONED = "[T ].*[^0-9:.]";
  // Spark takes a time of the clock alone for today's, and a month for its first day.
  private static final String WITH_DAY = "^\\s*[0-9]{4,}-[0-9]{1,2}-[0-9]{1,2}";
  // OData 2: milliseconds, and how far local clocks are ahead, which the instant does not need.
  private static final String ODATA = "^/Date\\((-?[0-9]+)([+-][0-9]{1,4})?\\)/$";

  private static final String ZONE_LETTERS = ".*[VzOXxZ].*";

  // Earlier days are a broken export's zero, not somebody's.
  private static final Column EARLIEST = lit("1900-01-01").cast("date");

  // The end of time of many systems; a later year has a digit too many.
  private static final int LAST_YEAR = 9999;

  private TypedColumns() {}

  /**
   * Adds the typed columns; {@code _reason}, empty when the row is fit, else all its faults; and
   * {@code _warning}, the rules that it breaks and that only warn.
   */
  static Dataset<Row> of(Dataset<Row> texts, ExtractContract contract) {
    String zone = contract.dialect().timezone();
    Column[] read =
        Stream.concat(
                Stream.of(col("*")), landed(contract, false).map(f -> value(f, zone).as(f.name())))
            .toArray(Column[]::new);
    Column[] derived =
        Stream.concat(
                Stream.of(col("*")),
                landed(contract, true)
                    .map(
                        f ->
                            tried(expr(f.derivedBy()).cast(f.type().sparkType()))
                                .as(DERIVED + f.name())))
            .toArray(Column[]::new);
    Column[] values =
        Stream.concat(
                Stream.of(col("*")),
                landed(contract, true)
                    .map(f -> col(DERIVED + f.name()).getField(VALUE).as(f.name())))
            .toArray(Column[]::new);
    return texts
        .select(read)
        .select(derived)
        .select(values)
        .withColumn("_reason", reason(contract, f -> true))
        .withColumn("_warning", when(col("_reason").isNull(), all(broken(contract, true))));
  }

  /**
   * Why a typed row is unfit, empty when it is fit.
   *
   * @param shown of which columns the reason shows the value
   */
  static Column reason(ExtractContract contract, Predicate<ExtractContract.Field> shown) {
    return all(faults(contract, contract.dialect().timezone(), shown));
  }

  private static Column all(List<Column> faults) {
    Column together = concat_ws("; ", faults.toArray(Column[]::new));
    return when(together.equalTo(""), lit(null)).otherwise(together);
  }

  private static Stream<ExtractContract.Field> landed(ExtractContract contract, boolean derived) {
    return contract.landedFields().stream().filter(f -> f.isDerived() == derived);
  }

  private static List<Column> faults(
      ExtractContract contract, String zone, Predicate<ExtractContract.Field> shown) {
    List<Column> faults = new ArrayList<>();
    // A parser quotes from wherever it gave up.
    faults.add(
        contract.readFields().stream().allMatch(shown)
            ? col(FAULT)
            : functions.regexp_replace(
                col(FAULT), lit("(?s)^(" + JsonLines.NOT_JSON + "): .*"), lit("$1")));
    landed(contract, false)
        .forEach(f -> faults.add(when(col(FAULT).isNull(), fault(f, zone, shown.test(f)))));
    landed(contract, true).forEach(f -> faults.add(when(col(FAULT).isNull(), notDerived(f))));
    broken(contract, false).forEach(b -> faults.add(when(col(FAULT).isNull(), b)));
    return faults;
  }

  // An empty value is the business of "required": a rule is broken only by a value that it judges.
  private static List<Column> broken(ExtractContract contract, boolean warns) {
    return contract.rules().stream()
        .filter(r -> r.warns() == warns)
        .map(
            r -> {
              Column tried = tried(expr(r.predicate()));
              return when(tried.isNull(), lit("its SQL fails: " + r.description()))
                  .when(
                      not(coalesce(tried.getField(VALUE), lit(true))),
                      lit("not so: " + r.description()));
            })
        .toList();
  }

  private static Column notDerived(ExtractContract.Field field) {
    Column fails =
        when(
            col(DERIVED + field.name()).isNull(),
            lit(field.name() + ": the transformLogic fails on this record"));
    return field.required()
        ? coalesce(fails, when(col(field.name()).isNull(), lit(field.name() + " is empty")))
        : fails;
  }

  /**
   * A contract's SQL on a readable record, in a struct: one record on which it fails, as {@code
   * cast('x' as int)} does, has no struct, and stops no other.
   *
   * <p>Below a condition it is never computed ahead, where nothing would hold its failure; that on
   * the line stays one where no record has a fault.
   */
  private static Column tried(Column sql) {
    return when(
        col(FAULT).isNull().and(col("_line").geq(0)),
        ExpressionUtils.column(
            new TryEval(ExpressionUtils.expression(functions.struct(sql.as(VALUE))))));
  }

  private static Column fault(ExtractContract.Field field, String zone, boolean shown) {
    Column text = col(TEXT + field.name());
    Column seen =
        shown ? concat(lit("'"), functions.substring(text, 1, 60), lit("'")) : lit("a value");
    Column why = lit(" is not " + inWords(field.type()));
    Column unreadable =
        when(
            text.isNotNull().and(col(field.name()).isNull()),
            concat(
                lit(field.name() + ": "),
                seen,
                isLocal(field)
                    ? when(
                            localTime(text, field).isNotNull(),
                            lit(
                                " does not exist in "
                                    + zone
                                    + ": clocks skip it, or its year is not plausible"))
                        .otherwise(why)
                    : why));
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
      case NUMBER -> finite(when(not(hasSuffix(trimmed)), trimmed.try_cast("double")));
      case WHOLE -> trimmed.try_cast("bigint");
      case FLAG -> trimmed.try_cast("boolean");
      case DATE -> plausible(date(trimmed, field.format()));
      case INSTANT -> plausible(instant(trimmed, field, zone));
    };
  }

  // Java takes 1d and 1f for numbers; an export may mean a day.
  private static Column hasSuffix(Column text) {
    return functions.lower(functions.substring(text, -1, 1)).isin("d", "f");
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

  private static Column plausible(Column time) {
    return when(time.geq(EARLIEST).and(functions.year(time).leq(LAST_YEAR)), time);
  }

  private static Column date(Column text, String format) {
    return ExtractContract.Field.isEpoch(format)
        ? epoch(text, format).cast("date")
        : try_to_timestamp(text, lit(format)).cast("date");
  }

  private static Column epoch(Column text, String format) {
    boolean inSeconds = format.equals("epoch_seconds");
    Column digits = format.equals("odata") ? functions.regexp_extract(text, ODATA, 1) : text;
    Column number = digits.try_cast("bigint");
    // Beyond the year 9999 the number is no time, and would overflow.
    double most = inSeconds ? 253402300800.0 : 253402300800000.0;
    Column safe = when(number.between(-most, most), number);
    return inSeconds ? functions.timestamp_seconds(safe) : functions.timestamp_millis(safe);
  }

  /** Whether a time is told on the clock of the contract's zone, unless it names one itself. */
  static boolean isLocal(ExtractContract.Field field) {
    return field.type() == ColumnType.INSTANT
        && !ExtractContract.Field.isEpoch(field.format())
        && !isZonedPattern(field.format());
  }

  // Text within quotes stands for itself.
  private static boolean isZonedPattern(String format) {
    return !format.equals("iso_instant") && format.replaceAll("'[^']*'", "").matches(ZONE_LETTERS);
  }

  /** The time on the clock of the contract's zone; empty where the text names a zone itself. */
  private static Column localTime(Column text, ExtractContract.Field field) {
    Column trimmed = functions.trim(text);
    return field.format().equals("iso_instant")
        ? when(not(isZoned(trimmed)), isoTime(trimmed))
        : try_to_timestamp(trimmed, lit(field.format()));
  }

  private static Column isoTime(Column text) {
    return when(text.rlike(WITH_DAY), text.try_cast("timestamp"));
  }

  private static Column isZoned(Column text) {
    return text.rlike(ZONED);
  }

  private static Column instant(Column text, ExtractContract.Field field, String zone) {
    if (ExtractContract.Field.isEpoch(field.format())) {
      return epoch(text, field.format());
    }
    if (isZonedPattern(field.format())) {
      return try_to_timestamp(text, lit(field.format()));
    }
    Column local = localTime(text, field);
    Column instant = to_utc_timestamp(local, zone);
    // Spark moves a time that the clocks skip by an hour; there and back again shows it.
    Column exists = when(from_utc_timestamp(instant, zone).equalTo(local), instant);
    return field.format().equals("iso_instant")
        ? when(isZoned(text), isoTime(text)).otherwise(exists)
        : exists;
  }
}
