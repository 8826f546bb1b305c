package needle.pipelines.command;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import needle.kit.InvalidInput;
import needle.pipelines.ingest.LandedFile;
import needle.pipelines.lake.RunLedger;

/** Whether what was known on a day is still held. */
final class KnownThen {
  private KnownThen() {}

  /** Fails where a file that was delivered until that day was replaced after it. */
  static void require(RunLedger arrivals, LocalDate day) {
    Map<String, LocalDate> replaced = new TreeMap<>();
    arrivals
        .revisedFiles()
        .forEach(
            (file, at) -> {
              if (!LandedFile.dayOf(file).isAfter(day) && on(at).isAfter(day)) {
                replaced.put(file, on(at));
              }
            });
    if (!replaced.isEmpty()) {
      String first = replaced.keySet().iterator().next();
      throw new InvalidInput(
          "What was known on " + day + " cannot be told",
          replaced.size()
              + " of the files delivered until then were replaced under their names later, such as "
              + first
              + " on "
              + replaced.get(first)
              + ": what they held is withdrawn",
          "give a day from which they were as they are now; a correction in a delivery folder of"
              + " its own day takes nothing from the days before");
    }
  }

  private static LocalDate on(Instant instant) {
    return instant.atZone(ZoneOffset.UTC).toLocalDate();
  }
}
