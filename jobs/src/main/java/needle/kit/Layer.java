package needle.kit;

import java.util.Locale;

/**
 * The layers of the warehouse, in the order in which a record walks through them; none imports a
 * later one.
 */
public enum Layer {
  /** As delivered: one row per record of an extract file. */
  BRONZE,
  /** One fact per row, typed, with the person identified. */
  SILVER,
  /** One row per employee and period. */
  PANEL,
  /** What each program changed, with its doubt. */
  ESTIMATE,
  /** What people decide on. */
  GOLD,
  /** What the system did: runs, files, publications. */
  OPS;

  /** The schema name as analysts write it in SQL. */
  public String schema() {
    return name().toLowerCase(Locale.ROOT);
  }
}
