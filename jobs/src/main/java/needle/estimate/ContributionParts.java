package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** The change between two windows in its parts, as functions of both windows' means. */
final class ContributionParts {
  static final String CONTRIBUTION = "contribution";
  static final String TOTAL = "total";

  /**
   * One number of the attribution.
   *
   * @param group of programs that it is about, −1 for none
   * @param effect the term whose effect it is, −1 for a function of the means
   */
  record Part(
      Estimand estimand,
      String aggregation,
      String term,
      int eventTime,
      int group,
      Uncertain amount,
      int effect) {}

  private final AttributionModel model;
  private final List<String> groups;
  private final List<String> segments;
  private final Uncertain[] means;

  /**
   * @param groups names of the groups of programs
   * @param means of the first window, then of the second
   */
  ContributionParts(
      AttributionModel model, List<String> groups, List<String> segments, Uncertain[] means) {
    this.model = model;
    this.groups = groups;
    this.segments = segments;
    this.means = means;
  }

  private Uncertain mean(int window, int quantity) {
    return means[window * model.size() + quantity];
  }

  private Uncertain change(int quantity) {
    return mean(1, quantity).minus(mean(0, quantity));
  }

  /** The total first, which the other contributions add up to. */
  List<Part> all() {
    List<Part> parts = new ArrayList<>();
    parts.add(
        new Part(
            Estimand.MEAN_DIFFERENCE,
            CONTRIBUTION,
            TOTAL,
            -1,
            -1,
            change(AttributionModel.OUTCOME),
            -1));
    for (int g = 0; g < groups.size(); g++) {
      parts.add(of(Estimand.CONTRIBUTION, CONTRIBUTION, g, change(model.effect(g))));
    }
    add(parts, CONTRIBUTION, "mix", change(AttributionModel.LEVEL));
    add(parts, CONTRIBUTION, "common", change(AttributionModel.COMMON));
    add(parts, CONTRIBUTION, "unexplained", change(AttributionModel.REST));
    people(parts);
    if (!segments.isEmpty()) {
      segments(parts);
    }
    for (int g = 0; g < groups.size(); g++) {
      parts.add(of(Estimand.MEAN_DIFFERENCE, "reached_share", g, change(model.reached(g))));
    }
    return parts;
  }

  // Those who came, against those who were there before and after; those who left, likewise; and
  // how much of the window each of the others was there for.
  private void people(List<Part> parts) {
    if (mean(0, AttributionModel.STAYER).value() == 0) {
      return;
    }
    Uncertain[] stayers = new Uncertain[2];
    for (int w = 0; w < 2; w++) {
      stayers[w] = mean(w, AttributionModel.STAYER_LEVEL).over(mean(w, AttributionModel.STAYER));
    }
    add(parts, "mix", "entries", mean(1, AttributionModel.LEVEL).minus(stayers[1]));
    add(parts, "mix", "exits", stayers[0].minus(mean(0, AttributionModel.LEVEL)));
    add(parts, "mix", "presence", stayers[1].minus(stayers[0]));
  }

  // Kitagawa 1955, of levels: shares of segments, and who is in them.
  private void segments(List<Part> parts) {
    Uncertain overall =
        mean(0, AttributionModel.LEVEL).plus(mean(1, AttributionModel.LEVEL)).times(0.5);
    IntFunction<Uncertain> between = s -> change(model.segment(s)).times(level(s).minus(overall));
    Uncertain shares = overall.times(0);
    for (int s = 0; s < segments.size(); s++) {
      if (isSeen(0, s) || isSeen(1, s)) {
        shares = shares.plus(between.apply(s));
      }
    }
    add(parts, "mix", "between_segments", shares);
    add(parts, "mix", "within_segments", change(AttributionModel.LEVEL).minus(shares));
    for (int s = 0; s < segments.size(); s++) {
      if (isSeen(0, s) || isSeen(1, s)) {
        add(parts, "mix_segment", segments.get(s), between.apply(s));
      }
    }
  }

  private boolean isSeen(int window, int segment) {
    return mean(window, model.segment(segment)).value() > 0;
  }

  // The mean of both windows' levels; of a segment seen in one alone, that window's.
  private Uncertain level(int segment) {
    Uncertain[] levels = new Uncertain[2];
    for (int w = 0; w < 2; w++) {
      int seen = isSeen(w, segment) ? w : 1 - w;
      levels[w] = mean(seen, model.segmentLevel(segment)).over(mean(seen, model.segment(segment)));
    }
    return levels[0].plus(levels[1]).times(0.5);
  }

  private Part of(Estimand estimand, String aggregation, int group, Uncertain amount) {
    return new Part(estimand, aggregation, groups.get(group), -1, group, amount, -1);
  }

  private static void add(List<Part> parts, String aggregation, String term, Uncertain amount) {
    parts.add(new Part(Estimand.CONTRIBUTION, aggregation, term, -1, -1, amount, -1));
  }

  /**
   * The effects themselves: of programs that are told alone, by the periods since they began, and
   * of what sets of programs do beyond that.
   */
  List<Part> effects(int[] kept, List<String> programs) {
    List<Part> parts = new ArrayList<>();
    int own = model.terms().own();
    for (int term : kept) {
      Uncertain known = Uncertain.known(model.effects()[term], means.length);
      if (term >= own) {
        String name = ProgramTerms.name(model.terms().sets()[term - own], programs);
        parts.add(new Part(Estimand.INTERACTION, "interaction", name, -1, -1, known, term));
        continue;
      }
      int program = model.terms().programOf(term);
      int group = 0;
      while ((model.groups()[group] >> program & 1) == 0) {
        group++;
      }
      if (Long.bitCount(model.groups()[group]) == 1) {
        int since = term - model.terms().start(program);
        parts.add(
            new Part(Estimand.ATT, "event_time", programs.get(program), since, group, known, term));
      }
    }
    return parts;
  }
}
