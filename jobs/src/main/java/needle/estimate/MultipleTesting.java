package needle.estimate;

final class MultipleTesting {
  static double[] benjaminiHochberg(double[] p) {
    return p.clone();
  }
}
