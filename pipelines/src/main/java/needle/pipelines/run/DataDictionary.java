package needle.pipelines.run;

import java.util.Locale;
import java.util.stream.Collectors;
import needle.kit.Layer;
import needle.kit.TableContract;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.ExtractContract.PersonalData;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Every table with its grain, columns and checks, in Markdown; made from the contracts alone. */
public final class DataDictionary {
  private DataDictionary() {}

  /** The whole document. */
  public static String markdown(JobGraph graph) {
    StringBuilder text = new StringBuilder();
    text.append("# Data dictionary\n\n")
        .append("Made by `needle tables --markdown`. Every table is read as `layer.table`, ")
        .append("as in `./needle sql \"select * from gold.findings\"`.\n")
        .append("Rejected rows of an extract stand in `bronze.<extract>__rejected`.\n");
    for (Layer layer : Layer.values()) {
      long tables = graph.nodes().stream().filter(n -> n.table().layer() == layer).count();
      if (tables > 0) {
        text.append("\n## ").append(layer.schema()).append('\n');
        graph.nodes().stream()
            .filter(n -> n.table().layer() == layer && !standsIn(n))
            .forEach(n -> describe(n.table(), text));
      }
      if (layer == Layer.BRONZE) {
        standIns(graph, text);
      }
    }
    text.append("\n## ").append(Layer.OPS.schema()).append('\n');
    Catalog.operations().forEach(table -> describe(table, text));
    return text.toString();
  }

  private static boolean standsIn(JobGraph.Node node) {
    return node.extract().isPresent() && !Catalog.isRead(node.table().name());
  }

  /** Extracts that no job reads by their own name, a line each: their contracts say the rest. */
  private static void standIns(JobGraph graph, StringBuilder text) {
    text.append("\n### Extracts of other systems\n")
        .append("Tables that exist where such a system is delivered. What an extract supplies is ")
        .append("the table above whose readers get its rows, too; [sources.md](sources.md) says ")
        .append("what that costs, and the contract what each column means.\n\n")
        .append("| table | supplies | columns | pseudonymised from silver on | never landed |\n")
        .append("|---|---|---|---|---|\n");
    graph.nodes().stream()
        .filter(DataDictionary::standsIn)
        .map(n -> n.extract().orElseThrow())
        .forEach(e -> standIn(e, text));
  }

  private static void standIn(ExtractContract extract, StringBuilder text) {
    text.append("| `").append(extract.table()).append("` | ");
    text.append(
        extract.supplies().equals(extract.id()) ? "" : "`bronze." + extract.supplies() + "`");
    text.append(" | ").append(names(extract, PersonalData.KEEP));
    text.append(" | ").append(names(extract, PersonalData.PSEUDONYMISE));
    text.append(" | ").append(names(extract, PersonalData.DROP)).append(" |\n");
  }

  private static String names(ExtractContract extract, PersonalData personal) {
    return extract.fields().stream()
        .filter(f -> f.personalData() == personal)
        .map(ExtractContract.Field::name)
        .collect(Collectors.joining(", "));
  }

  private static void describe(TableContract table, StringBuilder text) {
    String row = table.layer() == Layer.OPS ? "entry" : "accepted row of the extract";
    String grain = table.grain().isEmpty() ? row : String.join(", ", table.grain());
    text.append("\n### ").append(table).append("\n");
    text.append(sentence(table.meaning())).append(" One row per ").append(grain).append(".\n\n");
    text.append("| column | type | meaning |\n|---|---|---|\n");
    table.columns().forEach(c -> cell(c.name(), c.type(), c.meaning(), c.required(), text));
    table
        .checks()
        .forEach(
            c ->
                text.append("\nHolds for every row: ").append(sentence(c.sentence())).append("\n"));
  }

  private static void cell(
      String name, DataType type, String meaning, boolean required, StringBuilder text) {
    text.append("| `").append(name).append("` | ").append(word(type));
    text.append(required ? "" : ", may be empty").append(" | ").append(meaning).append(" |\n");
    if (type instanceof ArrayType array && array.elementType() instanceof StructType struct) {
      for (StructField field : struct.fields()) {
        String said = field.getComment().getOrElse(() -> "");
        cell(name + "[]." + field.name(), field.dataType(), said, true, text);
      }
    }
  }

  private static String sentence(String words) {
    return words.endsWith(".") ? words : words + ".";
  }

  private static String word(DataType type) {
    return type instanceof ArrayType ? "list" : type.simpleString().toLowerCase(Locale.ROOT);
  }
}
