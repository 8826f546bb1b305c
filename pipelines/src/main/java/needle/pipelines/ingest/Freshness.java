package needle.pipelines.ingest;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import needle.pipelines.config.ExtractContract;

/**
 * Which extracts' deliveries are overdue: their contract promises one within so many days, and more
 * have passed since the newest.
 *
 * <p>Passed by the newest delivery of any extract, so that a rerun of an old landing folder warns
 * of what was late then; or by a day that is given. An extract that was never delivered is not
 * late: nobody delivers it here.
 */
public final class Freshness {
  /** An extract whose delivery is overdue. */
  public record Late(ExtractContract contract, LocalDate newest, LocalDate today) {
    @Override
    public String toString() {
      return String.format(
          "its newest delivery is of %s, %d days before %s, and its contract expects one every %d days",
          newest, ChronoUnit.DAYS.between(newest, today), today, contract.expectedEveryDays());
    }
  }

  private Freshness() {}

  /**
   * The date of each extract's newest delivery, by the contract's id. Of files that were taken and
   * lie there no more, too: a system's folder that came up empty has not been delivered to.
   *
   * @param landed of the files that lie there
   * @param taken the files that each bronze table holds, as the ledger knows them
   */
  public static Map<String, LocalDate> newest(
      List<ExtractContract> contracts,
      Map<String, LocalDate> landed,
      Map<String, Set<String>> taken) {
    Map<String, LocalDate> newest = new HashMap<>(landed);
    for (ExtractContract contract : contracts) {
      taken.getOrDefault(contract.table().qualifiedName(), Set.of()).stream()
          .map(LandedFile::dayOf)
          .forEach(day -> newest.merge(contract.id(), day, (a, b) -> a.isAfter(b) ? a : b));
    }
    return newest;
  }

  /**
   * The late ones of these extracts.
   *
   * @param newest the date of each extract's newest delivery, by the contract's id
   * @param today the day to count to; the newest of the deliveries when it is not given
   */
  public static List<Late> late(
      List<ExtractContract> contracts, Map<String, LocalDate> newest, Optional<LocalDate> today) {
    if (newest.isEmpty()) {
      return List.of();
    }
    LocalDate day = today.orElseGet(() -> Collections.max(newest.values()));
    return contracts.stream()
        .filter(c -> c.expectedEveryDays() > 0 && newest.containsKey(c.id()))
        .map(c -> new Late(c, newest.get(c.id()), day))
        .filter(
            late ->
                ChronoUnit.DAYS.between(late.newest(), day) > late.contract().expectedEveryDays())
        .toList();
  }
}
