package needle.pipelines.run;

import java.util.Optional;
import needle.kit.InvalidInput;
import needle.pipelines.lake.DeltaTables;
import needle.pipelines.lake.Publications;
import needle.pipelines.lake.RunLedger;

/** A warehouse has the pseudonyms of one key: under two, everybody would be two people. */
public final class KeyVersions {
  private KeyVersions() {}

  /**
   * Fails when what is published, or what the run has staged already, was made with another key.
   */
  public static void requireOne(DeltaTables tables, RunLedger.Stamp run) {
    Optional<Publications.Publication> published = new Publications(tables).current();
    published
        .filter(p -> !p.keyVersion().equals(run.keyVersion()))
        .ifPresent(
            p -> {
              throw new InvalidInput(
                  "Run " + run.runId() + " has another pseudonym key than " + tables.warehouse(),
                  "what is published there was made with key version "
                      + p.keyVersion()
                      + ", and this run's is "
                      + run.keyVersion(),
                  Pseudonyms.isOfTheDemo(p.keyVersion())
                      ? "name another folder for these tables with --warehouse or NEEDLE_WAREHOUSE;"
                          + " the simulated company keeps this one"
                      : "give the key of version "
                          + p.keyVersion()
                          + "; to change to a new key, run `needle rotate-key` with it");
            });
    RunLedger.stampOf(tables, run.runId())
        .filter(s -> !s.keyVersion().equals(run.keyVersion()))
        .ifPresent(
            s -> {
              throw new InvalidInput(
                  "Run " + run.runId() + " was begun with another pseudonym key",
                  "its first tables were made with key version "
                      + s.keyVersion()
                      + ", and now it is "
                      + run.keyVersion(),
                  "give all steps of a run the same key, or begin a new run");
            });
  }
}
