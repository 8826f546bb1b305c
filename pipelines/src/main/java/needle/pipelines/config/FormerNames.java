package needle.pipelines.config;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import needle.pipelines.config.ExtractContract.Field;

/** Under which other names columns stand in older files. */
final class FormerNames {
  private FormerNames() {}

  /** Adds a fault where such a name could mean two columns, or none. */
  static void check(List<Field> fields, Dialect dialect, List<String> faults) {
    Set<String> taken = new TreeSet<>();
    fields.stream().filter(f -> !f.isDerived()).map(Field::source).forEach(taken::add);
    for (Field field : fields) {
      for (String former : field.formerSources()) {
        if (!taken.add(former)) {
          faults.add(
              "column "
                  + field.name()
                  + " has the former name "
                  + former
                  + ", which another column has, or it is listed twice");
        }
      }
      if (dialect.isJson() && !field.formerSources().isEmpty()) {
        faults.add(
            "column "
                + field.name()
                + " has formerNames, which are for headers: records of JSON each name their own members");
      }
    }
  }
}
