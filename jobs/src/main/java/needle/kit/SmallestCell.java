package needle.kit;

/** The fewest people of whom a figure may tell. */
public final class SmallestCell {
  public static final int PEOPLE = 10;

  private SmallestCell() {}
}
