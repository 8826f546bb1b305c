package needle.pipelines.ingest;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.json_object_keys;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.Field;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Which columns files have that their contract does not know, and the other way round. Of JSON,
 * whose records each name their own, the members of the objects, and the columns that no record
 * fills.
 */
final class ColumnsOfFile {
  private final ExtractContract contract;
  private final boolean isJson;
  private final Map<String, Set<String>> members = new HashMap<>();
  private final Map<String, Set<String>> empty = new HashMap<>();

  /**
   * @param typed the records of the files
   */
  ColumnsOfFile(ExtractContract contract, Dataset<Row> typed) {
    this.contract = contract;
    this.isJson = contract.dialect().isJson();
    if (isJson) {
      readMembers(typed);
      readEmpty(typed);
    }
  }

  private void readMembers(Dataset<Row> typed) {
    typed
        .where(col("_fault").isNull())
        .select(col("_file"), explode(json_object_keys(col("_raw"))).as("_member"))
        .groupBy("_file")
        .agg(collect_set("_member"))
        .collectAsList()
        .forEach(r -> members.put(r.getString(0), new HashSet<>(r.getList(1))));
  }

  private void readEmpty(Dataset<Row> typed) {
    List<Field> landed = contract.readFields().stream().filter(f -> !f.isDropped()).toList();
    List<Column> filled = new ArrayList<>();
    landed.forEach(f -> filled.add(count(col(TypedColumns.TEXT + f.name()))));
    typed
        .groupBy("_file")
        .agg(filled.get(0), filled.subList(1, filled.size()).toArray(Column[]::new))
        .collectAsList()
        .forEach(
            r -> {
              Set<String> unfilled = new HashSet<>();
              for (int i = 0; i < landed.size(); i++) {
                if (r.getLong(i + 1) == 0) {
                  unfilled.add(landed.get(i).source());
                }
              }
              empty.put(r.getString(0), unfilled);
            });
  }

  private List<Field> expectedIn(LandedFile file) {
    return contract.asNamedIn(file.header()).readFields();
  }

  List<String> unknownIn(LandedFile file) {
    List<String> known =
        expectedIn(file).stream()
            .map(Field::source)
            .map(s -> isJson ? s.split("/")[1] : s)
            .toList();
    return found(file).stream().filter(c -> !c.isBlank() && !known.contains(c)).sorted().toList();
  }

  List<String> missingIn(LandedFile file) {
    return expectedIn(file).stream()
        .map(Field::source)
        .filter(
            s ->
                isJson
                    ? empty.getOrDefault(file.name(), Set.of()).contains(s)
                    : !file.header().contains(s))
        .toList();
  }

  private List<String> found(LandedFile file) {
    return isJson ? List.copyOf(members.getOrDefault(file.name(), Set.of())) : file.header();
  }
}
