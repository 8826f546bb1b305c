package needle.kit;

/**
 * Something that Needle needs is busy or out of reach for now: the same command may succeed later,
 * with nothing put right.
 */
public final class Unavailable extends InvalidInput {
  private static final long serialVersionUID = 1L;

  /** As {@link InvalidInput#InvalidInput}. */
  public Unavailable(String problem, String reason, String remedy) {
    super(problem, reason, remedy);
  }
}
