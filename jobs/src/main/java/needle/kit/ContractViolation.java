package needle.kit;

/** A table that does not hold what its contract promises; nothing of its run is published. */
public final class ContractViolation extends InvalidInput {
  private static final long serialVersionUID = 1L;

  /**
   * @param problem which table broke which promise
   * @param reason what was seen instead
   * @param remedy where to look
   */
  public ContractViolation(String problem, String reason, String remedy) {
    super(problem, reason, remedy);
  }
}
