package needle.pipelines.command;

import java.time.LocalDate;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import needle.kit.InvalidInput;
import needle.kit.Period;
import needle.pipelines.config.Declarations;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.ingest.LandedFile;
import needle.pipelines.ingest.Landing;
import needle.pipelines.lake.RunLedger;
import needle.pipelines.run.Catalog;

/** The months that a run covers. */
final class CoveredMonths {
  private CoveredMonths() {}

  /**
   * As given, else all that were delivered, wherever the files lie now.
   *
   * @param taken the files that each bronze table holds, as the ledger knows them
   */
  static Period of(
      String given,
      Landing folder,
      Declarations declared,
      Map<String, Set<String>> taken,
      Optional<LocalDate> knownAt) {
    return given == null ? deliveredMonths(folder, declared, taken, knownAt) : parse(given);
  }

  /**
   * A delivery brings the month before it, so the deliveries' dates say which months are complete:
   * those of extracts that jobs read, or of all where there are no others.
   */
  private static Period deliveredMonths(
      Landing folder,
      Declarations declared,
      Map<String, Set<String>> taken,
      Optional<LocalDate> knownAt) {
    Set<LocalDate> all = counted(folder.deliveries(declared.contracts()), taken, declared);
    LocalDate until = knownAt.orElse(LocalDate.MAX);
    List<LocalDate> known = all.stream().filter(d -> !d.isAfter(until)).sorted().toList();
    if (known.isEmpty()) {
      throw new InvalidInput(
          "Nothing was known at " + until,
          "the first delivery is of " + all.stream().min(LocalDate::compareTo).orElseThrow(),
          "give a later date with --as-known-at");
    }
    YearMonth first = YearMonth.from(known.get(0));
    YearMonth last = YearMonth.from(known.get(known.size() - 1));
    return new Period(first.minusMonths(1).atDay(1), last.minusMonths(1).atEndOfMonth());
  }

  private static Set<LocalDate> counted(
      Map<String, Set<LocalDate>> deliveries,
      Map<String, Set<String>> taken,
      Declarations declared) {
    Set<LocalDate> read = new HashSet<>();
    Set<LocalDate> others = new HashSet<>();
    for (ExtractContract contract : declared.contracts()) {
      Set<LocalDate> days = Catalog.isRead(contract.supplies()) ? read : others;
      days.addAll(deliveries.getOrDefault(contract.id(), Set.of()));
      taken.getOrDefault(contract.table().qualifiedName(), Set.of()).stream()
          .map(file -> LandedFile.dayOf(RunLedger.name(file)))
          .forEach(days::add);
    }
    return read.isEmpty() ? others : read;
  }

  private static Period parse(String months) {
    String[] ends = months.split(":", -1);
    try {
      return new Period(YearMonth.parse(ends[0]).atDay(1), YearMonth.parse(ends[1]).atEndOfMonth());
    } catch (DateTimeParseException | ArrayIndexOutOfBoundsException e) {
      throw new InvalidInput(
          "The period " + months + " cannot be read",
          "it is not two months of the form first:last",
          "write 2023-01:2025-12");
    }
  }
}
