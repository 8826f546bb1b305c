package needle.estimate;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import needle.kit.InvalidInput;

/** Everything that is wrong with one input, collected so that a user sees it all at once. */
public final class Faults {
  private record Fault(String problem, String reason, String remedy) {}

  private final String subject;
  private final List<Fault> faults = new ArrayList<>();

  /**
   * @param subject what is being checked, as it should be named in the message
   */
  public Faults(String subject) {
    this.subject = subject;
  }

  /** Notes one fault, told as problem, cause and remedy. */
  public void add(String problem, String reason, String remedy) {
    faults.add(new Fault(problem, reason, remedy));
  }

  /** Notes a fault that was found elsewhere. */
  public void add(InvalidInput fault) {
    add(fault.problem(), fault.reason(), fault.remedy());
  }

  public boolean isEmpty() {
    return faults.isEmpty();
  }

  /**
   * Ends the check.
   *
   * @throws InvalidInput with every fault noted so far, if there is any
   */
  public void report() {
    if (faults.size() == 1) {
      Fault only = faults.get(0);
      throw new InvalidInput(only.problem(), only.reason(), only.remedy());
    }
    if (faults.size() > 1) {
      throw new InvalidInput(
          subject + " has " + faults.size() + " faults",
          numbered(f -> f.problem() + ": " + f.reason()),
          numbered(Fault::remedy));
    }
  }

  private String numbered(java.util.function.Function<Fault, String> words) {
    return IntStream.range(0, faults.size())
        .mapToObj(i -> "\n    " + (i + 1) + ". " + words.apply(faults.get(i)))
        .collect(Collectors.joining());
  }
}
