package needle.pipelines.lake;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A few stretches of the order of texts that hold all texts added: as narrow as few can be, cut
 * where the gaps are widest.
 *
 * <p>Ids that a source counts up lie close together when they were given out close together.
 */
public final class Stretches implements Serializable {
  private static final long serialVersionUID = 1L;

  /** As many as a filter is worth. */
  private static final int MOST = 16;

  /** The share of the whole that must lie between the stretches. */
  private static final double WORTH_IT = 0.05;

  // Bytes that a difference is told by, from the first one that differs.
  private static final int TOLD_BY = 6;

  private final NavigableMap<byte[], byte[]> lastByFirst;

  // Bytes that occur: ids have some letters as digits, and nothing lies between '9' and 'a'.
  private final BitSet digits = new BitSet();

  // Of each byte, how many digits are smaller.
  private final int[] rank = new int[1 << Byte.SIZE];

  public Stretches() {
    this.lastByFirst = new TreeMap<>((Comparator<byte[]> & Serializable) Arrays::compareUnsigned);
  }

  /** Texts from one to another, both included. */
  record Stretch(String first, String last) {}

  void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (byte digit : bytes) {
      if (!digits.get(digit & 0xff)) {
        digits.set(digit & 0xff);
        rank();
      }
    }
    add(bytes, bytes);
  }

  void addAll(Stretches other) {
    digits.or(other.digits);
    rank();
    other.lastByFirst.forEach(this::add);
  }

  private void add(byte[] first, byte[] last) {
    byte[] from = first;
    byte[] to = last;
    var before = lastByFirst.floorEntry(from);
    if (before != null && Arrays.compareUnsigned(before.getValue(), from) >= 0) {
      if (Arrays.compareUnsigned(before.getValue(), to) >= 0) {
        return;
      }
      from = before.getKey();
    }
    for (var next = lastByFirst.ceilingEntry(from);
        next != null && Arrays.compareUnsigned(next.getKey(), to) <= 0;
        next = lastByFirst.ceilingEntry(from)) {
      to = Arrays.compareUnsigned(next.getValue(), to) > 0 ? next.getValue() : to;
      lastByFirst.remove(next.getKey());
    }
    lastByFirst.put(from, to);
    if (lastByFirst.size() > MOST) {
      closeNarrowestGap();
    }
  }

  private void closeNarrowestGap() {
    byte[] left = null;
    byte[] before = null;
    double narrowest = Double.POSITIVE_INFINITY;
    for (byte[] first : lastByFirst.keySet()) {
      if (before != null) {
        double gap = gap(lastByFirst.get(before), first);
        if (gap < narrowest) {
          narrowest = gap;
          left = before;
        }
      }
      before = first;
    }
    byte[] right = lastByFirst.higherKey(left);
    lastByFirst.put(left, lastByFirst.remove(right));
  }

  /** How far apart two texts are, read as fractions in the digits that occur. */
  private double gap(byte[] low, byte[] high) {
    int same = Arrays.mismatch(low, high);
    int base = Math.max(2, digits.cardinality());
    double difference = 0;
    for (int i = same; i < same + TOLD_BY; i++) {
      difference = difference * base + digit(high, i) - digit(low, i);
    }
    return difference * Math.pow(base, -same);
  }

  private int digit(byte[] text, int place) {
    return place < text.length ? rank[text[place] & 0xff] : 0;
  }

  private void rank() {
    for (int digit = 1; digit < rank.length; digit++) {
      rank[digit] = rank[digit - 1] + (digits.get(digit - 1) ? 1 : 0);
    }
  }

  /**
   * The stretches in order; none where no text was added, and one where the gaps between them leave
   * out next to nothing, as those between hashes do.
   */
  List<Stretch> all() {
    List<Stretch> all = new ArrayList<>();
    double heldBack = 0;
    byte[] before = null;
    for (var stretch : lastByFirst.entrySet()) {
      heldBack += before == null ? 0 : gap(before, stretch.getKey());
      before = stretch.getValue();
      all.add(new Stretch(text(stretch.getKey()), text(before)));
    }
    boolean isWorthIt =
        all.size() < 2
            || heldBack
                >= WORTH_IT * gap(lastByFirst.firstKey(), lastByFirst.lastEntry().getValue());
    return isWorthIt
        ? all
        : List.of(new Stretch(all.get(0).first(), all.get(all.size() - 1).last()));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
