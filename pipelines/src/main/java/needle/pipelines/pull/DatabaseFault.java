package needle.pipelines.pull;

import java.sql.SQLException;
import java.util.Set;
import needle.kit.InvalidInput;
import needle.kit.Unavailable;
import needle.pipelines.config.ExtractContract.Pull;

/** What a database's refusal means to the one who runs Needle; tells nothing of credentials. */
final class DatabaseFault {
  // Classes of PostgreSQL's states: a transaction that lost to another, too few resources, an
  // object in use, an operator who stops the server, its disk.
  private static final Set<String> PASSES = Set.of("40", "53", "55", "57", "58");

  private DatabaseFault() {}

  static InvalidInput of(Pull pull, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String problem = "Cannot pull " + pull.table() + " from the database server " + pull.server();
    if (state.startsWith("28")) {
      return new InvalidInput(
          problem,
          "it refuses the user or the password",
          "correct " + Credentials.prefix(pull.server()) + "_USER and …_PASSWORD");
    }
    if (state.startsWith("08")) {
      return new Unavailable(
          problem,
          pull.url() + " cannot be reached: " + firstLine(e),
          "check host and port in the contract, the network, and that the server runs");
    }
    if (PASSES.contains(state.substring(0, Math.min(2, state.length())))) {
      return new Unavailable(
          problem,
          firstLine(e) + " (SQLSTATE " + state + ")",
          "nothing has landed; pull again once the server has recovered");
    }
    return switch (state) {
      case "3D000" ->
          new InvalidInput(
              problem, "there is no such database: " + pull.url(), "correct it in the contract");
      case "42P01", "3F000" ->
          new InvalidInput(
              problem,
              "there is no such table",
              "correct schema and physicalName in the contract, as the database spells them");
      case "42501" ->
          new InvalidInput(
              problem,
              "its user may not read the table",
              "let the database's owner grant select on it");
      default ->
          new InvalidInput(
              problem,
              firstLine(e) + " (SQLSTATE " + state + ")",
              "nothing has landed; correct the cause and pull again");
    };
  }

  private static String firstLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("no message");
  }
}
