package needle.pipelines.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What must become of a fixture, written by hand: the accepted rows in the columns that matter, the
 * rejected lines with their reasons, how many duplicates, and texts of the file that must be in no
 * table.
 */
record ExpectedExtract(
    List<String> columns,
    List<String> accepted,
    List<String> rejected,
    int duplicates,
    List<String> neverLanded) {

  static ExpectedExtract read(Path file) {
    Map<String, String> titles = new LinkedHashMap<>();
    Map<String, List<String>> rows = new LinkedHashMap<>();
    String section = "";
    for (String line : lines(file)) {
      if (line.startsWith("== ")) {
        String[] title = line.substring(3).split(": ", 2);
        section = title[0];
        titles.put(section, title.length == 1 ? "" : title[1]);
        rows.put(section, new ArrayList<>());
      } else if (!line.isBlank()) {
        rows.get(section).add(evenly(line));
      }
    }
    return new ExpectedExtract(
        list(titles.get("accepted")),
        sorted(rows.get("accepted")),
        sorted(rows.getOrDefault("rejected", List.of())),
        Integer.parseInt(titles.getOrDefault("duplicates", "0")),
        list(titles.getOrDefault("never landed", "")));
  }

  /** A row of a text table with one space around each bar. */
  static String evenly(String line) {
    return String.join(" | ", Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
        .strip();
  }

  static List<String> sorted(List<String> lines) {
    return lines.stream().sorted().toList();
  }

  private static List<String> list(String names) {
    return names.isEmpty() ? List.of() : List.of(names.split(", "));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
