package needle.estimate;

import java.io.Serializable;

/**
 * Per event time, sums over those at risk and over those to whom it happens then. The vector is the
 * exposure, then the covariates less their means; exposure that begins later divides a unit's time.
 */
final class CoxSums implements OrderedSums.Partial<Spell, CoxSums> {
  private static final long serialVersionUID = 1L;

  /** What is at risk: the model's vector and relative hazard. */
  record Model(EventTimes times, double[] means, double[] coefficients) implements Serializable {
    private static final long serialVersionUID = 1L;

    int width() {
      return coefficients.length;
    }

    void vector(Spell spell, int side, double[] into) {
      into[0] = side;
      for (int i = 1; i < into.length; i++) {
        into[i] = spell.covariates()[i - 1] - means[i - 1];
      }
    }

    double relativeHazard(double[] z) {
      double sum = 0;
      for (int i = 0; i < z.length; i++) {
        sum += coefficients[i] * z[i];
      }
      return Math.exp(sum);
    }

    /** Numbers, relative hazards, these times the vector, and times its products. */
    static int kinds(int width) {
      return 2 + width + width * (width + 1) / 2;
    }
  }

  private final Model model;
  private final double[] z;
  private final double[] terms;

  // Per kind and time: of those whose first or last event time it is, and to whom it happens then.
  private final double[][] first;
  private final double[][] last;
  private final double[][] events;

  /** Per element and time, the vectors of those to whom it happens. */
  private final double[][] vectors;

  CoxSums(Model model) {
    this.model = model;
    int kinds = Model.kinds(model.width());
    this.z = new double[model.width()];
    this.terms = new double[kinds];
    this.first = new double[kinds][model.times().size()];
    this.last = new double[kinds][model.times().size()];
    this.events = new double[kinds][model.times().size()];
    this.vectors = new double[model.width()][model.times().size()];
  }

  @Override
  public CoxSums empty() {
    return new CoxSums(model);
  }

  @Override
  public void add(Spell spell) {
    for (int side = 0; side < 2; side++) {
      if (spell.isOn(side)) {
        add(spell, side);
      }
    }
  }

  private void add(Spell spell, int side) {
    int from = model.times().first(spell.begin(side));
    int to = model.times().last(spell.until(side));
    if (from > to) {
      return;
    }
    model.vector(spell, side, z);
    double hazard = model.relativeHazard(z);
    terms[0] = 1;
    terms[1] = hazard;
    int k = 2;
    for (double element : z) {
      terms[k++] = hazard * element;
    }
    for (int i = 0; i < z.length; i++) {
      for (int j = 0; j <= i; j++) {
        terms[k++] = hazard * z[i] * z[j];
      }
    }
    boolean happens = spell.happensOn(side);
    for (int kind = 0; kind < terms.length; kind++) {
      first[kind][from] += terms[kind];
      last[kind][to] += terms[kind];
      events[kind][to] += happens ? terms[kind] : 0;
    }
    for (int i = 0; happens && i < z.length; i++) {
      vectors[i][to] += z[i];
    }
  }

  /** Over those at risk, per kind and time. */
  double[][] atRisk() {
    double[][] atRisk = new double[first.length][];
    for (int kind = 0; kind < first.length; kind++) {
      atRisk[kind] = EventTimes.atRisk(last[kind], first[kind]);
    }
    return atRisk;
  }

  double[][] events() {
    return events;
  }

  double[][] vectors() {
    return vectors;
  }

  @Override
  public CoxSums merge(CoxSums other) {
    for (int kind = 0; kind < first.length; kind++) {
      CellSums.add(first[kind], other.first[kind]);
      CellSums.add(last[kind], other.last[kind]);
      CellSums.add(events[kind], other.events[kind]);
    }
    for (int i = 0; i < vectors.length; i++) {
      CellSums.add(vectors[i], other.vectors[i]);
    }
    return this;
  }
}
