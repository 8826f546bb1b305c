package needle.pipelines.ingest;

import static needle.pipelines.ingest.BronzeIngest.ACCEPTED;
import static needle.pipelines.ingest.BronzeIngest.DUPLICATE;
import static needle.pipelines.ingest.BronzeIngest.OUTCOME;
import static needle.pipelines.ingest.BronzeIngest.REJECTED;
import static needle.pipelines.ingest.BronzeRows.SHA256;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.lake.RunLedger;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The landed files whose rejected records can be read again: there, and the same to the byte. */
final class ReplayFiles {
  /** A file by the records that the table holds of it. */
  record HeldFile(String file, String sha256, long accepted, long rejected, long duplicate) {
    String key() {
      return RunLedger.fileKey(file, sha256);
    }

    long records() {
      return accepted + rejected + duplicate;
    }

    Replay.Replayed replayed(String table, HeldFile now) {
      return new Replay.Replayed(
          table, file, rejected, now.accepted - accepted, now.duplicate - duplicate, now.rejected);
    }
  }

  private final Landing landing;
  private final ExtractContract contract;

  ReplayFiles(Landing landing, ExtractContract contract) {
    this.landing = landing;
    this.contract = contract;
  }

  /** The files of which a table holds rejected records. */
  static List<HeldFile> withRejected(Dataset<Row> held) {
    return in(held).stream().filter(f -> f.rejected() > 0).toList();
  }

  /** The files of which these rows are. */
  static List<HeldFile> in(Dataset<Row> held) {
    return held
        .groupBy("_file", SHA256)
        .agg(
            count_if(col(OUTCOME).equalTo(ACCEPTED)),
            count_if(col(OUTCOME).equalTo(REJECTED)),
            count_if(col(OUTCOME).equalTo(DUPLICATE)))
        .orderBy("_file", SHA256)
        .collectAsList()
        .stream()
        .map(
            r ->
                new HeldFile(
                    r.getString(0), r.getString(1), r.getLong(2), r.getLong(3), r.getLong(4)))
        .toList();
  }

  /**
   * The files as they lie in the landing folder. One that was delivered anew under its name, and
   * ingested, is left out: the newer delivery counts. Any other that is gone or changed is a fault;
   * all are told at once, before anything is written.
   *
   * @param known the files that were ingested, as name@hash
   */
  List<LandedFile> landed(List<HeldFile> rejected, Set<String> known) {
    if (rejected.isEmpty()) {
      return List.of();
    }
    Map<String, LandedFile> byName =
        landing
            .named(contract, rejected.stream().map(HeldFile::file).collect(Collectors.toSet()))
            .stream()
            .collect(Collectors.toMap(LandedFile::name, f -> f));
    List<LandedFile> files = new ArrayList<>();
    List<String> faults = new ArrayList<>();
    for (HeldFile file : rejected) {
      LandedFile landed = byName.get(file.file());
      boolean isRevised = landed != null && !landed.sha256().equals(file.sha256());
      if (isRevised && known.contains(RunLedger.fileKey(landed.name(), landed.sha256()))) {
        continue;
      }
      String fault = fault(file, landed, isRevised);
      if (fault == null) {
        BronzeIngest.checkFile(contract, landed);
        files.add(landed);
      } else {
        faults.add(file.file() + " " + fault);
      }
    }
    if (!faults.isEmpty()) {
      throw new InvalidInput(
          faults.size()
              + " file(s) with rejected records of "
              + contract.id()
              + " cannot be replayed",
          String.join("\n          ", faults),
          "bring the file back as it was, from the archive; a corrected one is taken by `needle"
              + " ingest`; replay others with --file");
    }
    return files;
  }

  private static String fault(HeldFile held, LandedFile landed, boolean isRevised) {
    if (landed == null) {
      return "is gone from the landing folder";
    }
    if (isRevised) {
      return "has other bytes than were read, and these are not yet ingested";
    }
    if (landed.isUnreadable()) {
      return "cannot be read by the contract as it is now: " + landed.unreadable();
    }
    return landed.records() == held.records()
        ? null
        : "holds "
            + landed.records()
            + " records by the contract as it is now, and held "
            + held.records()
            + " by the one that it was read with; a changed dialect needs a table made anew";
  }
}
