package needle.estimate;

/** How many of the controls in each comparison have a treated peer. */
final class ExposedControls implements OrderedSums.Partial<PeerGroup, ExposedControls> {
  private static final long serialVersionUID = 1L;

  private final Comparisons comparisons;
  private final double[] outcomes;
  private final double[] treated;
  private final double[] controls;
  private final double[] exposed;

  ExposedControls(Comparisons comparisons) {
    this.comparisons = comparisons;
    this.outcomes = new double[comparisons.periods().length];
    int cells = comparisons.cells().length;
    this.treated = new double[cells];
    this.controls = new double[cells];
    this.exposed = new double[cells];
  }

  @Override
  public ExposedControls empty() {
    return new ExposedControls(comparisons);
  }

  @Override
  public void add(PeerGroup group) {
    int first = group.first();
    for (UnitHistory unit : group.members()) {
      if (comparisons.takes(unit)) {
        add(unit, first);
      }
    }
  }

  private void add(UnitHistory unit, int first) {
    unit.align(comparisons.periods(), outcomes);
    byte[] roles = comparisons.roles(unit.cohort());
    for (int k = 0; k < roles.length; k++) {
      Comparisons.Cell cell = comparisons.cells()[k];
      if (roles[k] == 0
          || comparisons.eventTime(cell) < 0
          || !comparisons.isSeen(outcomes[cell.base()], outcomes[cell.period()])) {
        continue;
      }
      if (roles[k] > 0) {
        treated[k] += unit.weight();
      } else {
        controls[k] += unit.weight();
        if (comparisons.start(first) <= comparisons.periods()[cell.period()]) {
          exposed[k] += unit.weight();
        }
      }
    }
  }

  @Override
  public ExposedControls merge(ExposedControls other) {
    CellSums.add(treated, other.treated);
    CellSums.add(controls, other.controls);
    CellSums.add(exposed, other.exposed);
    return this;
  }

  /** Over the comparisons after treatment, each weighted by those that it treats. */
  double share() {
    double sum = 0;
    double weights = 0;
    for (int k = 0; k < treated.length; k++) {
      if (controls[k] > 0) {
        sum += treated[k] * exposed[k] / controls[k];
        weights += treated[k];
      }
    }
    return sum / weights;
  }
}
