package needle.gold;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import needle.kit.SmallestCell;
import org.apache.spark.sql.Column;

/**
 * Statistical disclosure control: nothing is published about fewer than {@value #FEWEST_PEOPLE}
 * people.
 */
public final class SmallCells {
  /** The fewest people of whom a figure may tell. */
  public static final int FEWEST_PEOPLE = SmallestCell.PEOPLE;

  private SmallCells() {}

  /** The value, or empty where it is about too few people. */
  static Column unlessFew(Column value, Column people) {
    return when(people.geq(FEWEST_PEOPLE), value);
  }

  /** The column of that name, or empty where {@code people} counts too few. */
  static Column unlessFew(String column, String people) {
    return unlessFew(col(column), col(people)).as(column);
  }
}
