package needle.estimate;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.Map;
import needle.estimate.UnitHistory.FaultSeen;

/** The faults of a panel's units, each kind with how often it was seen and one example. */
final class SeenFaults implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Map<PanelFault, FaultSeen> faults = new EnumMap<>(PanelFault.class);

  void add(FaultSeen seen) {
    faults.merge(
        seen.fault(),
        seen,
        (one, other) -> new FaultSeen(one.fault(), one.count() + other.count(), one.example()));
  }

  void merge(SeenFaults other) {
    other.faults.values().forEach(this::add);
  }

  /** Fails with everything that is wrong with the panel. */
  void report() {
    Faults all = new Faults("The panel");
    faults
        .values()
        .forEach(
            f ->
                all.add(
                    f.count() + " " + f.fault().problem(),
                    "for example " + f.example(),
                    f.fault().remedy()));
    all.report();
  }
}
