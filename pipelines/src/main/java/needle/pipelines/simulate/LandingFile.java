package needle.pipelines.simulate;

import java.util.stream.IntStream;
import needle.pipelines.simulate.Company.Stream;

/**
 * One delivered file: an extract, the month it reports, and its part where one file would be too
 * big.
 */
record LandingFile(Extract extract, int month, int part, int parts) {
  private static final int ROWS_PER_FILE = 200_000;
  private static final int PART_BITS = 14;
  private static final int MONTH_BITS = 10;
  private static final double FIRST_LOAD_ROWS_PER_EMPLOYEE = 1.5;
  private static final double PERMUTED_SHARE = 0.05;

  /** The file that holds a site's rows of a month. */
  static LandingFile of(Company company, Extract extract, int month, int site) {
    int parts = parts(company, extract, month);
    return new LandingFile(extract, month, site % parts, parts);
  }

  /** The file with a number that {@link #number} gave. */
  static LandingFile numbered(Company company, int number) {
    Extract extract = Extract.values()[number >>> (PART_BITS + MONTH_BITS)];
    int month = (number >>> PART_BITS) & ((1 << MONTH_BITS) - 1);
    int part = number & ((1 << PART_BITS) - 1);
    return new LandingFile(extract, month, part, parts(company, extract, month));
  }

  /** A number that only this file has. */
  int number() {
    return (extract.ordinal() << (PART_BITS + MONTH_BITS)) | (month << PART_BITS) | part;
  }

  /** Where the file lies below the landing folder. */
  String path(Company company) {
    String delivered = company.deliveredOn(month).toString();
    String suffix = parts > 1 ? "_" + Company.padded(part + 1, 3) : "";
    String ending = extract.isJson() ? ".jsonl" : ".csv";
    return String.join("/", extract.system(), extract.id(), delivered, extract.id())
        + "_"
        + delivered
        + suffix
        + ending;
  }

  /** What stands above the rows: nothing, a header, or a header and two rows of labels. */
  String header(Company company) {
    if (extract.isJson()) {
      return "";
    }
    int[] order = columnOrder(company, extract, month);
    String[] names = extract.columns();
    String header = Deliveries.csv(names, order) + "\n";
    if (!extract.isQualtrics()) {
      return header;
    }
    String[] labels = new String[names.length];
    String[] imports = new String[names.length];
    for (int i = 0; i < names.length; i++) {
      boolean isQuestion = names[i].matches("Q\\d.*");
      labels[i] =
          isQuestion ? "How was it, from 1 to 5?" : names[i].replaceAll("(?<=[a-z])([A-Z])", " $1");
      imports[i] = "{\"ImportId\":\"" + (isQuestion ? "QID" + i : decapitalised(names[i])) + "\"}";
    }
    return header + Deliveries.csv(labels, order) + "\n" + Deliveries.csv(imports, order) + "\n";
  }

  /** The order of columns in a delivery; in one of twenty it is not the usual one. */
  static int[] columnOrder(Company company, Extract extract, int month) {
    int columns = extract.columns().length;
    Dice dice = company.dice(Stream.HEADERS, extract.ordinal(), month);
    int shift = dice.chance(PERMUTED_SHARE) ? dice.between(1, Math.max(1, columns - 1)) : 0;
    return IntStream.range(0, columns).map(i -> (i + shift) % columns).toArray();
  }

  private static int parts(Company company, Extract extract, int month) {
    boolean isFirstLoad =
        month == 0
            && (extract.system().equals("hris")
                || extract == Extract.USER
                || extract == Extract.ACCOUNT);
    double rowsPerEmployee =
        isFirstLoad ? FIRST_LOAD_ROWS_PER_EMPLOYEE : extract.rowsPerEmployeeMonth();
    return 1 + (int) (company.employees() * rowsPerEmployee / ROWS_PER_FILE);
  }

  private static String decapitalised(String name) {
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }
}
