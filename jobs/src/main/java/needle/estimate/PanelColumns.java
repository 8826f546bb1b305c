package needle.estimate;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Whether a panel has the columns that a design names, with types that can play their roles. */
final class PanelColumns {
  private PanelColumns() {}

  static void check(StructType schema, StudyDesign design) {
    check(schema, design, List.of(), Optional.empty());
  }

  /**
   * @param numbers further columns that an estimator computes with
   * @param further one that it only tells apart by
   */
  static void check(
      StructType schema, StudyDesign design, List<String> numbers, Optional<String> further) {
    check(schema, design, numbers, further.stream().toList());
  }

  /**
   * @param further several that an estimator only tells apart by
   */
  static void check(
      StructType schema, StudyDesign design, List<String> numbers, List<String> further) {
    Faults faults = new Faults("The panel");
    Map<String, Boolean> needed = new LinkedHashMap<>();
    needed.put(design.unit(), false);
    design.clusters().forEach(c -> needed.putIfAbsent(c, false));
    further.forEach(c -> needed.putIfAbsent(c, false));
    design.peers().ifPresent(p -> needed.putIfAbsent(p, false));
    design.period().ifPresent(p -> needed.put(p, true));
    needed.put(design.outcome(), true);
    design.treatment().ifPresent(t -> needed.put(t.column(), true));
    design.covariates().forEach(c -> needed.put(c, true));
    numbers.forEach(c -> needed.put(c, true));
    design
        .sampling()
        .weights()
        .filter(w -> !numbers.contains(w))
        .ifPresent(
            w ->
                faults.add(
                    "The sampling weights " + w + " would be ignored",
                    "this estimator counts every unit once",
                    "leave the weights out, or choose staggered_did"));
    needed.forEach((column, numeric) -> check(schema, column, numeric, faults));
    faults.report();
  }

  /** A column that estimators compute with. */
  static Column number(String name) {
    return col(name).cast(DataTypes.DoubleType);
  }

  /** Whether a number is there, and neither NaN nor infinite. */
  static Column isFinite(Column number) {
    // No finite number is as large as infinity, and NaN is larger still.
    return number.isNotNull().and(abs(number).lt(lit(Double.POSITIVE_INFINITY)));
  }

  private static void check(StructType schema, String column, boolean numeric, Faults faults) {
    if (!Arrays.asList(schema.fieldNames()).contains(column)) {
      faults.add(
          "The panel has no column " + column,
          "its columns are " + String.join(", ", schema.fieldNames()),
          "name an existing column in the study");
      return;
    }
    if (numeric) {
      requireNumber(
          schema,
          column,
          "column",
          "supply numbers; where it tells the period in dates, say the panel's grain, such as grain:"
              + " month",
          faults);
    }
  }

  /**
   * @param role what the column is to the estimator
   * @param remedy where nothing is known but its type
   */
  static void requireNumber(
      StructType schema, String column, String role, String remedy, Faults faults) {
    StructField field = schema.apply(column);
    if (!(field.dataType() instanceof NumericType || field.dataType() instanceof BooleanType)) {
      NotANumber why =
          NotANumber.said(field)
              .orElse(new NotANumber("its type is " + field.dataType().simpleString(), remedy));
      faults.add("The " + role + " " + column + " is not a number", why.reason(), why.remedy());
    }
  }
}
