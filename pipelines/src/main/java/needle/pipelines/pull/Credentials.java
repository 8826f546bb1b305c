package needle.pipelines.pull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import needle.kit.InvalidInput;

/**
 * Who logs in to a database server, as the environment says; never written anywhere.
 *
 * <p>For a server named {@code hr}: {@code NEEDLE_JDBC_HR_USER}, and {@code
 * NEEDLE_JDBC_HR_PASSWORD} or {@code NEEDLE_JDBC_HR_PASSWORD_FILE}; {@code NEEDLE_JDBC_HR_SSLMODE}
 * as PostgreSQL has it.
 */
final class Credentials {
  private final String user;
  private final String password;
  private final String sslMode;

  private Credentials(String user, String password, String sslMode) {
    this.user = user;
    this.password = password;
    this.sslMode = sslMode;
  }

  /** How the names of a server's variables begin. */
  static String prefix(String server) {
    return "NEEDLE_JDBC_" + server.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
  }

  static Credentials of(String server, Map<String, String> environment) {
    String prefix = prefix(server);
    String user = environment.get(prefix + "_USER");
    String password = password(prefix, environment);
    if (user == null || password == null) {
      throw new InvalidInput(
          "There are no credentials for the database server " + server,
          (user == null ? prefix + "_USER" : prefix + "_PASSWORD or " + prefix + "_PASSWORD_FILE")
              + " is not set",
          "set it, or run with --no-pull to take what has already landed");
    }
    return new Credentials(user, password, environment.getOrDefault(prefix + "_SSLMODE", "prefer"));
  }

  private static String password(String prefix, Map<String, String> environment) {
    String file = environment.get(prefix + "_PASSWORD_FILE");
    if (file == null) {
      return environment.get(prefix + "_PASSWORD");
    }
    try {
      return Files.readString(Path.of(file)).strip();
    } catch (IOException e) {
      throw new InvalidInput(
          "The database password cannot be read",
          prefix + "_PASSWORD_FILE names " + file + ", which cannot be opened",
          "correct the path or its permissions");
    }
  }

  /** What the driver needs to connect. */
  Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", sslMode);
    properties.setProperty("ApplicationName", "needle");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("loginTimeout", "20");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("readOnly", "true");
    return properties;
  }

  @Override
  public String toString() {
    return "credentials";
  }
}
