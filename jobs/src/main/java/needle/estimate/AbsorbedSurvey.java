package needle.estimate;

/** How many rows were read, and are complete, of groups that are the study's units. */
final class AbsorbedSurvey implements OrderedSums.Partial<AbsorbedGroup, AbsorbedSurvey> {
  private static final long serialVersionUID = 1L;

  private long unitsRead;
  private long rowsRead;
  private long units;
  private long rows;

  @Override
  public AbsorbedSurvey empty() {
    return new AbsorbedSurvey();
  }

  @Override
  public void add(AbsorbedGroup group) {
    rowsRead += group.read();
    unitsRead += group.name() == null ? 0 : 1;
    rows += group.rows();
    units += group.rows() > 0 ? 1 : 0;
  }

  @Override
  public AbsorbedSurvey merge(AbsorbedSurvey other) {
    unitsRead += other.unitsRead;
    rowsRead += other.rowsRead;
    units += other.units;
    rows += other.rows;
    return this;
  }

  AbsorbedSizes read() {
    return new AbsorbedSizes(unitsRead, rowsRead);
  }

  AbsorbedSizes complete() {
    return new AbsorbedSizes(units, rows);
  }
}
