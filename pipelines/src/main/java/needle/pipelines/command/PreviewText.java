package needle.pipelines.command;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.ingest.IngestPreview.Fate;
import needle.pipelines.ingest.IngestPreview.FilePreview;
import needle.pipelines.ingest.IngestPreview.Reason;
import needle.pipelines.ingest.UnmatchedFiles.Unmatched;

/** A preview of an ingest, for people. */
final class PreviewText {
  private static final int LONGEST_ROW = 300;

  private final PrintWriter out;
  private int toRead;
  private int refused;

  PreviewText(PrintWriter out) {
    this.out = out;
  }

  void print(ExtractContract contract, List<FilePreview> files) {
    long known = files.stream().filter(f -> f.fate() == Fate.KNOWN).count();
    out.printf("%s: %d file(s), %d of them known%n", contract.table(), files.size(), known);
    files.stream().filter(f -> f.fate() != Fate.KNOWN).forEach(this::print);
  }

  void print(List<Unmatched> unmatched) {
    if (!unmatched.isEmpty()) {
      out.printf("%d file(s) of the landing folder fit no contract%n", unmatched.size());
    }
    for (Unmatched file : unmatched) {
      out.printf("  %-11s %s%n    because  %s%n", "unmatched", file.file(), file.why());
    }
    out.flush();
  }

  private void print(FilePreview file) {
    toRead += file.fate() == Fate.NEW || file.fate() == Fate.REVISION ? 1 : 0;
    refused += file.fate() == Fate.REFUSED ? 1 : 0;
    out.printf("  %-11s %s%n", file.fate().name().toLowerCase(Locale.ROOT), file.file());
    if (file.why() != null) {
      out.printf("    because  %s%n", file.why());
    }
    if (file.accepted() + file.rejected() + file.duplicate() > 0) {
      out.printf(
          "    records  %,d read: %,d accepted, %,d rejected, %,d duplicate%n",
          file.read(), file.accepted(), file.rejected(), file.duplicate());
    }
    for (Reason reason : file.reasons()) {
      out.printf("    rejects  %,d × %s%n", reason.records(), reason.reason());
      printSample(reason);
    }
    long others = file.rejected() - file.reasons().stream().mapToLong(Reason::records).sum();
    if (others > 0) {
      out.printf("    rejects  %,d × for other reasons%n", others);
    }
    printColumns("the contract does not know", file.unknown());
    printColumns("the file does not have", file.missing());
  }

  private void printSample(Reason reason) {
    if (reason.raw() == null) {
      out.printf(
          "    such as  line %d, not shown: the contract has columns of people%n", reason.line());
      return;
    }
    String raw = reason.raw().lines().findFirst().orElse("");
    String row = raw.length() <= LONGEST_ROW ? raw : raw.substring(0, LONGEST_ROW) + "…";
    out.printf("    such as  line %d: %s%n", reason.line(), row);
  }

  private void printColumns(String what, List<String> columns) {
    if (!columns.isEmpty()) {
      out.printf("    columns  that %s: %s%n", what, String.join(", ", columns));
    }
  }

  void end() {
    out.printf(
        "dry run: %d file(s) would be read%s; nothing was written%n",
        toRead, refused == 0 ? "" : ", and " + refused + " would stop the run");
    out.flush();
  }

  boolean isRefused() {
    return refused > 0;
  }
}
