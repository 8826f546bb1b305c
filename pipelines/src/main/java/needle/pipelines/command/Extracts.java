package needle.pipelines.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract;
import needle.pipelines.config.Nearest;
import picocli.CommandLine.Option;

/** Which extracts a verb is about; shared by the verbs that take in deliveries. */
public final class Extracts {
  @Option(
      names = "--source",
      split = ",",
      description =
          "Only these extracts: contract ids such as lms_completions, folders such as"
              + " lms.completions, or whole systems such as lms (default: all).")
  private List<String> sources;

  @Option(
      names = "--landing",
      defaultValue = "${env:NEEDLE_LANDING:-landing}",
      description = "Folder of the delivered extracts (default: $NEEDLE_LANDING, or landing).")
  String landing;

  /** Those of the contracts that were asked for; a name that none has is an error. */
  List<ExtractContract> of(List<ExtractContract> contracts) {
    if (sources == null) {
      return contracts;
    }
    List<String> unknown =
        sources.stream()
            .filter(s -> contracts.stream().noneMatch(c -> names(c).anyMatch(s::equals)))
            .toList();
    if (!unknown.isEmpty()) {
      List<String> ids = contracts.stream().map(ExtractContract::id).sorted().toList();
      throw new InvalidInput(
          "There is no source " + String.join(", ", unknown),
          "no contract has this id, folder or system; there are " + ids,
          Nearest.question(unknown.get(0).replaceAll("[./]", "_"), ids)
              + "Name one of these, or draft a contract with `needle contract new`");
    }
    List<ExtractContract> chosen = new ArrayList<>(contracts);
    chosen.removeIf(c -> names(c).noneMatch(sources::contains));
    return chosen;
  }

  /** Of the contracts, those that were asked for, all of which must be settled. */
  List<ExtractContract> settled(List<ExtractContract> contracts) {
    List<ExtractContract> chosen = of(contracts);
    requireSettled(chosen);
    return chosen;
  }

  /** Fails for drafts: what nobody has checked decides nothing of people's data. */
  static void requireSettled(List<ExtractContract> contracts) {
    List<String> drafts =
        contracts.stream().filter(ExtractContract::isDraft).map(ExtractContract::id).toList();
    if (!drafts.isEmpty()) {
      throw new InvalidInput(
          "Nothing is read under a draft: " + String.join(", ", drafts),
          "the contract's status is draft, so its types, its keys and what becomes of personal data"
              + " are guesses still",
          "see `needle ingest --dry-run`, settle the lines marked CHECK, and write `status: active`");
    }
  }

  private static Stream<String> names(ExtractContract contract) {
    String folder = contract.folder();
    return Stream.of(
        contract.id(), folder, folder.replace('/', '.'), folder.substring(0, folder.indexOf('/')));
  }
}
