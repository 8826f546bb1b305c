package needle.estimate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import needle.estimate.CrossSection.SegmentColumn;

/**
 * The segments of which effects are told: the values of some columns. Values with too few units are
 * pooled, with the next smallest one where they are still too few together, so that nothing can be
 * had by subtracting what is told from the whole.
 */
final class Segments implements Serializable {
  private static final long serialVersionUID = 1L;
  static final String POOLED = "(pooled)";

  /** One part of the sample. */
  record Segment(String column, String value) implements Serializable {}

  private final boolean[][] isPooled;
  private final List<Segment> segments = new ArrayList<>();
  private final int[][] places;

  /** Where each column's segments begin, and the last one's end. */
  private final int[] starts;

  private Segments(List<SegmentColumn> columns, boolean[][] isPooled) {
    this.isPooled = isPooled;
    this.places = new int[columns.size()][];
    this.starts = new int[columns.size() + 1];
    for (int c = 0; c < columns.size(); c++) {
      SegmentColumn column = columns.get(c);
      places[c] = new int[isPooled[c].length];
      boolean hasPool = false;
      for (int level = 0; level < isPooled[c].length; level++) {
        places[c][level] = segments.size();
        if (isPooled[c][level]) {
          hasPool = true;
        } else {
          segments.add(new Segment(column.name(), column.values().get(level)));
        }
      }
      for (int level = 0; hasPool && level < isPooled[c].length; level++) {
        places[c][level] = isPooled[c][level] ? segments.size() : places[c][level];
      }
      if (hasPool) {
        segments.add(new Segment(column.name(), POOLED));
      }
      starts[c + 1] = segments.size();
    }
  }

  static Segments of(CrossSection sample, SubjectScores scores) {
    List<SegmentColumn> columns = sample.segments();
    boolean[][] isPooled = new boolean[columns.size()][];
    for (int c = 0; c < isPooled.length; c++) {
      isPooled[c] = new boolean[columns.get(c).values().size()];
    }
    while (true) {
      Segments now = new Segments(columns, isPooled);
      SideCounts counts = OrderedSums.of(sample.subjects(), new Counting(now, scores)).counts;
      boolean isSettled = true;
      for (int c = 0; c < isPooled.length; c++) {
        isSettled &= !now.pool(c, counts);
        if (now.remaining(c) < 2) {
          throw SegmentChecks.tooSmall(columns.get(c).name(), counts);
        }
      }
      if (isSettled) {
        return now;
      }
    }
  }

  // Pools what is too small; true when there was something.
  private boolean pool(int column, SideCounts counts) {
    boolean[] pooled = isPooled[column];
    boolean hasNew = false;
    int smallest = -1;
    int pool = -1;
    for (int level = 0; level < pooled.length; level++) {
      int segment = places[column][level];
      if (pooled[level]) {
        pool = segment;
      } else if (!counts.isEnough(segment)) {
        pooled[level] = true;
        hasNew = true;
      } else if (smallest < 0 || counts.units(segment) < counts.units(places[column][smallest])) {
        smallest = level;
      }
    }
    boolean isPoolTooSmall = !hasNew && pool >= 0 && !counts.isEnough(pool);
    if (isPoolTooSmall && smallest >= 0) {
      pooled[smallest] = true;
    }
    return hasNew || isPoolTooSmall;
  }

  // How many there will be.
  private int remaining(int column) {
    int kept = 0;
    int pool = 0;
    for (boolean pooled : isPooled[column]) {
      kept += pooled ? 0 : 1;
      pool = pooled ? 1 : pool;
    }
    return kept + pool;
  }

  int columns() {
    return places.length;
  }

  int start(int column) {
    return starts[column];
  }

  int end(int column) {
    return starts[column + 1];
  }

  int size() {
    return segments.size();
  }

  Segment get(int segment) {
    return segments.get(segment);
  }

  /** How many of a column's values are pooled. */
  int pooled(int column) {
    int count = 0;
    for (boolean pooled : isPooled[column]) {
      count += pooled ? 1 : 0;
    }
    return count;
  }

  /** The segment of a subject by one column. */
  int of(Subject subject, int column) {
    return places[column][subject.segments()[column]];
  }

  private static final class Counting implements OrderedSums.Partial<Subject, Counting> {
    private static final long serialVersionUID = 1L;
    private final Segments segments;
    private final SubjectScores scores;
    private final SideCounts counts;

    Counting(Segments segments, SubjectScores scores) {
      this.segments = segments;
      this.scores = scores;
      this.counts = scores.counts(segments.size());
    }

    @Override
    public Counting empty() {
      return new Counting(segments, scores.another());
    }

    @Override
    public void add(Subject subject) {
      scores.of(subject);
      int side = subject.treatment() == 0 ? 0 : 1;
      for (int c = 0; c < segments.columns(); c++) {
        counts.add(segments.of(subject, c), side, subject.cluster(), scores.weight);
      }
    }

    @Override
    public void finish() {
      counts.finish();
    }

    @Override
    public Counting merge(Counting other) {
      counts.merge(other.counts);
      return this;
    }
  }
}
