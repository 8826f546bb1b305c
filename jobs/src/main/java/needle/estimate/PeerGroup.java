package needle.estimate;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.spark.api.java.JavaRDD;

/**
 * Units that may affect each other, such as a team as of before treatment. A unit is exposed from
 * the treatment of the first of them on, as long as it is untreated itself: the exposure mapping
 * (Aronow & Samii 2017) under which it matters whether a peer is treated, not how many are.
 *
 * @param members all of them
 */
record PeerGroup(List<UnitHistory> members) implements OrderedSums.Bucketed {
  private static final long serialVersionUID = 1L;

  /** The groups of units that come sorted by them. */
  static JavaRDD<PeerGroup> of(JavaRDD<UnitHistory> units) {
    return units.mapPartitions(Groups::new);
  }

  @Override
  public int bucket() {
    return members.get(0).bucket();
  }

  /** The first treated period of the member that was treated first. */
  int first() {
    return members.stream().mapToInt(UnitHistory::cohort).min().orElseThrow();
  }

  /**
   * The members while they are untreated, as a panel in which the treatment is that of the first
   * peer (Butts 2021, section 3). Who was the first is a control until then.
   */
  List<UnitHistory> exposed(Comparisons study) {
    int first = first();
    List<UnitHistory> untreated = new ArrayList<>();
    for (UnitHistory unit : members) {
      int start = study.start(unit.cohort());
      if (first < unit.cohort()) {
        untreated.add(unit.before(start, first));
      } else if (study.isEverControl(unit.cohort())) {
        untreated.add(unit.before(start, UnitHistory.NEVER));
      }
    }
    return untreated;
  }

  /**
   * The members for a comparison with the never treated, in which a unit stands once as treated and
   * once, up to the first treatment among its peers, as a control. It is no control of its own
   * cohort after treatment; before treatment it is, so leads mean nothing here.
   */
  List<UnitHistory> withCleanControls(Comparisons study) {
    int start = study.start(first());
    List<UnitHistory> both = new ArrayList<>();
    for (UnitHistory unit : members) {
      if (study.isEverTreated(unit.cohort())) {
        both.add(unit);
      }
      if (study.isEverControl(unit.cohort())) {
        both.add(unit.before(start, UnitHistory.NEVER));
      }
    }
    return both;
  }

  private static final class Groups extends RowsAhead<UnitHistory, PeerGroup> {
    Groups(Iterator<UnitHistory> units) {
      super(units);
    }

    @Override
    public PeerGroup next() {
      UnitHistory first = next;
      List<UnitHistory> members = new ArrayList<>();
      do {
        members.add(next);
        step();
      } while (hasNext()
          && Objects.equals(next.cluster(), first.cluster())
          && Objects.equals(next.peers(), first.peers()));
      return new PeerGroup(members);
    }
  }
}
