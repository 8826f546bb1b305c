package needle.pipelines.config;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import needle.kit.Sensitivity;
import needle.kit.Sensitivity.Settings;

/**
 * A way to try an assumption, in a study file or a plan: its name alone, or with settings.
 *
 * @param at the sizes of the violation at which it is tried
 * @param withstands the size that a conclusion has to withstand to be a verdict
 * @param excludesZero whether its interval has to exclude zero
 */
public record SensitivityEntry(
    @JsonProperty(required = true) String name,
    List<Double> at,
    Double withstands,
    @JsonProperty("excludes_zero") Boolean excludesZero) {

  @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
  public SensitivityEntry {}

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  SensitivityEntry(String name) {
    this(name, null, null, null);
  }

  /**
   * What the entries ask for, in their order; what is wrong with them goes to the faults.
   *
   * @param entries null where there are none
   * @param known the ways that can be asked for there
   */
  public static Map<Sensitivity, Settings> asked(
      List<SensitivityEntry> entries, Collection<Sensitivity> known, List<String> faults) {
    Map<Sensitivity, Settings> asked = new LinkedHashMap<>();
    for (SensitivityEntry entry : entries == null ? List.<SensitivityEntry>of() : entries) {
      Optional<Sensitivity> way = entry == null ? Optional.empty() : Sensitivity.of(entry.name());
      if (way.filter(known::contains).isEmpty()) {
        faults.add(
            "sensitivity lists "
                + (entry == null ? "nothing" : entry.name())
                + ", and must list some of "
                + known.stream().map(Sensitivity::word).collect(Collectors.joining(", ")));
      } else if (asked.put(way.get(), entry.settings(way.get(), faults)) != null) {
        faults.add("sensitivity lists " + entry.name() + " twice");
      }
    }
    return asked;
  }

  private Settings settings(Sensitivity way, List<String> faults) {
    if (at != null) {
      sizes(way, faults);
    }
    if (withstands != null) {
      threshold(way, faults);
    }
    if (excludesZero != null && way != Sensitivity.LEE_BOUNDS) {
      faults.add(
          "sensitivity: excludes_zero has no meaning for "
              + name
              + ", only for "
              + Sensitivity.LEE_BOUNDS.word());
    }
    return new Settings(
        at == null ? List.of() : at.stream().filter(Objects::nonNull).toList(),
        withstands == null ? OptionalDouble.empty() : OptionalDouble.of(withstands),
        Boolean.TRUE.equals(excludesZero));
  }

  private void sizes(Sensitivity way, List<String> faults) {
    if (!way.isTriedAtSizes()) {
      faults.add("sensitivity: at has no meaning for " + name + meant(Sensitivity::isTriedAtSizes));
      return;
    }
    if (at.isEmpty()) {
      faults.add("sensitivity: at of " + name + " is empty");
    }
    Set<Double> seen = new HashSet<>();
    for (Double size : at) {
      if (size == null || !way.canBe(size)) {
        faults.add("sensitivity: at of " + name + " lists " + size + ", and takes " + way.range());
      } else if (!seen.add(size)) {
        faults.add("sensitivity: at of " + name + " lists " + size + " twice");
      }
    }
  }

  private void threshold(Sensitivity way, List<String> faults) {
    if (!way.hasSize()) {
      faults.add(
          "sensitivity: withstands has no meaning for " + name + meant(Sensitivity::hasSize));
    } else if (!way.canBe(withstands)) {
      faults.add(
          "sensitivity: withstands of "
              + name
              + " is "
              + withstands
              + ", and takes "
              + way.range());
    }
  }

  private static String meant(Predicate<Sensitivity> which) {
    return Arrays.stream(Sensitivity.values())
        .filter(which)
        .map(Sensitivity::word)
        .collect(Collectors.joining(", ", ", only for ", ""));
  }
}
