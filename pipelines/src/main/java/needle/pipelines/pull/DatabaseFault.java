package needle.pipelines.pull;

import java.sql.SQLException;
import needle.kit.InvalidInput;
import needle.pipelines.config.ExtractContract.Pull;

/** What a database's refusal means to the one who runs Needle; tells nothing of credentials. */
final class DatabaseFault {
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
      return new InvalidInput(
          problem,
          pull.url() + " cannot be reached: " + firstLine(e),
          "check host and port in the contract, the network, and that the server runs");
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
