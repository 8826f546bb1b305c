package needle.pipelines.run;

import java.io.PrintWriter;
import java.util.List;
import needle.pipelines.lake.RunLedger;

/** What a run warns of stands in its ledger and on the terminal. */
final class Warnings {
  private Warnings() {}

  static void tell(String table, List<String> warnings, RunLedger ledger, PrintWriter terminal) {
    for (String warning : warnings) {
      ledger.warning(table, warning);
      terminal.println("warning: " + warning);
    }
    ledger.flush();
    terminal.flush();
  }
}
