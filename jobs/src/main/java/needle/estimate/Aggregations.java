package needle.estimate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;

/**
 * Group-time effects and what they add up to (Callaway & Sant'Anna 2021, section 3), each as a
 * linear form in the influence sums.
 *
 * <p>Cohorts are weighted by their estimated shares; the form carries that estimation too.
 */
final class Aggregations {
  /**
   * An aggregate.
   *
   * @param influence its weight on each dimension of {@link InfluenceSums}
   * @param treatedClusters over how many clusters of equal size the treated are spread
   */
  record Form(
      String aggregation,
      String term,
      Optional<Integer> cohort,
      Optional<Integer> period,
      Optional<Integer> eventTime,
      double estimate,
      double[] influence,
      long treated,
      long controls,
      double treatedClusters) {

    static final String GROUP_TIME = "group_time";
    static final String SIMPLE = "simple";
    static final String GROUP = "group";
    static final String EVENT_TIME = "event_time";
    static final String CALENDAR = "calendar";
    static final String BALANCED = "balanced_event_time";
    static final String OVERALL = "overall";
  }

  private final CellEstimates estimates;
  private final Comparisons comparisons;
  private final double[] cohortUnits;
  private final InfluenceSums influence;

  Aggregations(CellEstimates estimates, InfluenceSums influence) {
    this.estimates = estimates;
    this.comparisons = estimates.comparisons;
    this.cohortUnits = influence.cohortUnits;
    this.influence = influence;
  }

  /** All of them, group-time effects first, the overall effects last. */
  List<Form> all() {
    List<Form> forms = new ArrayList<>(groupTime());
    forms.add(weighted(Form.SIMPLE, "simple", none(), none(), none(), this::isAfter));
    List<Form> groups = groups();
    List<Form> events = eventTimes();
    List<Form> calendar = calendar();
    forms.addAll(groups);
    forms.addAll(events);
    forms.addAll(calendar);
    forms.add(overallByGroup(groups));
    forms.add(
        mean(
            Form.EVENT_TIME,
            events.stream().filter(f -> f.eventTime().orElseThrow() >= 0).toList(),
            this::isAfter));
    forms.add(mean(Form.CALENDAR, calendar, this::isAfter));
    return forms;
  }

  /**
   * By event time, over the same cohorts at each: those that are seen at all times from 0 to the
   * last, and of the times before those that all of them have; then the mean from 0 on.
   */
  List<Form> balanced(int last) {
    TreeSet<Integer> cohorts = distinct(this::isAfter, k -> cell(k).cohort());
    cohorts.removeIf(g -> !IntStream.rangeClosed(0, last).allMatch(e -> has(g, e)));
    if (cohorts.isEmpty()) {
      throw new InvalidInput(
          "No cohort is seen up to event time " + last,
          "none has a comparison in every period from its first treated one to "
              + last
              + " period(s) later",
          "give a smaller balance, or leave it out");
    }
    IntPredicate isOfThem = k -> cohorts.contains(cell(k).cohort());
    List<Form> forms = new ArrayList<>();
    for (int e : distinct(isOfThem, k -> comparisons.eventTime(cell(k))).headSet(last, true)) {
      if (cohorts.stream().allMatch(g -> has(g, e))) {
        forms.add(byEventTime(Form.BALANCED, e, isOfThem));
      }
    }
    List<Form> after = forms.stream().filter(f -> f.eventTime().orElseThrow() >= 0).toList();
    forms.add(
        mean(
            Form.BALANCED,
            after,
            k -> isOfThem.test(k) && isAfter(k) && comparisons.eventTime(cell(k)) <= last));
    return forms;
  }

  private boolean has(int cohort, int eventTime) {
    return cells(k -> cell(k).cohort() == cohort && comparisons.eventTime(cell(k)) == eventTime)
            .length
        > 0;
  }

  private static Optional<Integer> none() {
    return Optional.empty();
  }

  private boolean isAfter(int k) {
    return comparisons.eventTime(cell(k)) >= 0;
  }

  private Comparisons.Cell cell(int k) {
    return comparisons.cells()[k];
  }

  private int periodOf(int k) {
    return comparisons.periods()[cell(k).period()];
  }

  private int[] cells(IntPredicate which) {
    return IntStream.range(0, comparisons.cells().length).filter(which).toArray();
  }

  private TreeSet<Integer> distinct(IntPredicate which, IntUnaryOperator value) {
    TreeSet<Integer> values = new TreeSet<>();
    IntStream.of(cells(which)).map(value).forEach(values::add);
    return values;
  }

  private double[] zero() {
    return new double[estimates.effects.length + cohortUnits.length];
  }

  private List<Form> groupTime() {
    List<Form> forms = new ArrayList<>();
    for (int k = 0; k < comparisons.cells().length; k++) {
      double[] influence = zero();
      influence[k] = 1;
      forms.add(
          new Form(
              Form.GROUP_TIME,
              cell(k).cohort() + ":" + periodOf(k),
              Optional.of(cell(k).cohort()),
              Optional.of(periodOf(k)),
              Optional.of(comparisons.eventTime(cell(k))),
              estimates.effects[k],
              influence,
              estimates.treated[k],
              estimates.controls[k],
              treatedClusters(new int[] {k})));
    }
    return forms;
  }

  private List<Form> eventTimes() {
    return distinct(k -> true, k -> comparisons.eventTime(cell(k))).stream()
        .map(e -> byEventTime(Form.EVENT_TIME, e, k -> true))
        .toList();
  }

  private Form byEventTime(String aggregation, int eventTime, IntPredicate which) {
    return weighted(
        aggregation,
        Integer.toString(eventTime),
        none(),
        none(),
        Optional.of(eventTime),
        k -> which.test(k) && comparisons.eventTime(cell(k)) == eventTime);
  }

  private List<Form> calendar() {
    return distinct(this::isAfter, this::periodOf).stream()
        .map(
            t ->
                weighted(
                    Form.CALENDAR,
                    Integer.toString(t),
                    none(),
                    Optional.of(t),
                    none(),
                    k -> isAfter(k) && periodOf(k) == t))
        .toList();
  }

  private List<Form> groups() {
    return distinct(this::isAfter, k -> cell(k).cohort()).stream()
        .map(
            g ->
                weighted(
                    Form.GROUP,
                    Integer.toString(g),
                    Optional.of(g),
                    none(),
                    none(),
                    k -> isAfter(k) && cell(k).cohort() == g))
        .toList();
  }

  /** Cells weighted by their cohorts' shares. */
  private Form weighted(
      String aggregation,
      String term,
      Optional<Integer> cohort,
      Optional<Integer> period,
      Optional<Integer> eventTime,
      IntPredicate which) {
    int[] cells = cells(which);
    double total = 0;
    for (int k : cells) {
      total += unitsOf(k);
    }
    double estimate = 0;
    for (int k : cells) {
      estimate += unitsOf(k) / total * estimates.effects[k];
    }
    double[] influence = zero();
    for (int k : cells) {
      influence[k] = unitsOf(k) / total;
      influence[share(k)] += (estimates.effects[k] - estimate) / total;
    }
    return new Form(
        aggregation,
        term,
        cohort,
        period,
        eventTime,
        estimate,
        influence,
        treated(cells),
        controls(cells),
        treatedClusters(cells));
  }

  private Form overallByGroup(List<Form> groups) {
    double total = 0;
    for (Form group : groups) {
      total += unitsOfCohort(group);
    }
    double estimate = 0;
    for (Form group : groups) {
      estimate += unitsOfCohort(group) / total * group.estimate();
    }
    double[] influence = zero();
    for (Form group : groups) {
      addTo(influence, group.influence(), unitsOfCohort(group) / total);
      int share = estimates.effects.length + comparisons.cohortIndex(group.cohort().orElseThrow());
      influence[share] += (group.estimate() - estimate) / total;
    }
    return overall(Form.GROUP, estimate, influence, this::isAfter);
  }

  private Form mean(String of, List<Form> forms, IntPredicate which) {
    double[] influence = zero();
    double estimate = 0;
    for (Form form : forms) {
      addTo(influence, form.influence(), 1.0 / forms.size());
      estimate += form.estimate() / forms.size();
    }
    return overall(of, estimate, influence, which);
  }

  private Form overall(String of, double estimate, double[] influence, IntPredicate which) {
    int[] cells = cells(which);
    return new Form(
        Form.OVERALL,
        of,
        none(),
        none(),
        none(),
        estimate,
        influence,
        treated(cells),
        controls(cells),
        treatedClusters(cells));
  }

  private static void addTo(double[] into, double[] more, double weight) {
    for (int i = 0; i < into.length; i++) {
      into[i] += weight * more[i];
    }
  }

  private double unitsOf(int k) {
    return cohortUnits[comparisons.cohortIndex(cell(k).cohort())];
  }

  private double unitsOfCohort(Form group) {
    return cohortUnits[comparisons.cohortIndex(group.cohort().orElseThrow())];
  }

  private int share(int k) {
    return estimates.effects.length + comparisons.cohortIndex(cell(k).cohort());
  }

  private long treated(int[] cells) {
    return largestOfEachCohort(cells).mapToLong(k -> estimates.treated[k]).sum();
  }

  private double treatedClusters(int[] cells) {
    return influence.spread.treatedClusters(largestOfEachCohort(cells).toArray());
  }

  /** How many means all the treated give. */
  double treatedMeans() {
    return influence.spread.treatedMeans(largestOfEachCohort(cells(this::isAfter)).toArray());
  }

  private IntStream largestOfEachCohort(int[] cells) {
    int[] largest = new int[cohortUnits.length];
    Arrays.fill(largest, -1);
    for (int k : cells) {
      int g = comparisons.cohortIndex(cell(k).cohort());
      if (largest[g] < 0 || estimates.treated[k] > estimates.treated[largest[g]]) {
        largest[g] = k;
      }
    }
    return IntStream.of(largest).filter(k -> k >= 0);
  }

  private long controls(int[] cells) {
    return IntStream.of(cells).mapToLong(k -> estimates.controls[k]).max().orElse(0);
  }
}
