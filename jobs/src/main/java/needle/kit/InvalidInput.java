package needle.kit;

/** Something that the user of Needle can put right, told as problem, cause and remedy. */
public class InvalidInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String problem;
  private final String reason;
  private final String remedy;

  /**
   * @param problem what is wrong, naming the thing
   * @param reason why it is wrong, with the value that was seen
   * @param remedy what to do about it
   */
  public InvalidInput(String problem, String reason, String remedy) {
    super(problem + "\n  cause:  " + reason + "\n  remedy: " + remedy);
    this.problem = problem;
    this.reason = reason;
    this.remedy = remedy;
  }

  /** What is wrong. */
  public String problem() {
    return problem;
  }

  /** Why it is wrong. */
  public String reason() {
    return reason;
  }

  /** What to do about it. */
  public String remedy() {
    return remedy;
  }
}
