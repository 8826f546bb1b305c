package needle.estimate;

/** How many units and rows there are. */
record AbsorbedSizes(long units, long rows) {
  AbsorbedSizes less(AbsorbedSizes other) {
    return new AbsorbedSizes(units - other.units, rows - other.rows);
  }
}
