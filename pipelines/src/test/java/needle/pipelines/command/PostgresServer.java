package needle.pipelines.command;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * A real PostgreSQL, on the loopback address, for one test class. The server refuses to run as
 * root, so root starts it as nobody.
 */
final class PostgresServer implements AutoCloseable {
  private static final String NOBODY = "65534";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final Path home;
  private final String user;
  private final String password;
  private final int port;
  private Process server;

  private PostgresServer(String user, String password) throws IOException {
    this.home = Files.createTempDirectory("needle-postgres");
    this.user = user;
    this.password = password;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
  }

  static PostgresServer start(String user, String password) throws IOException {
    PostgresServer postgres = new PostgresServer(user, password);
    try {
      postgres.begin();
      return postgres;
    } catch (IOException | RuntimeException e) {
      postgres.close();
      throw e;
    }
  }

  int port() {
    return port;
  }

  void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", user, password);
  }

  private void begin() throws IOException {
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    unpack();
    Path secret = Files.writeString(home.resolve("secret"), password);
    Path data = Files.createDirectory(home.resolve("data"));
    if (isRoot()) {
      for (Path own : List.of(secret, data)) {
        Files.setAttribute(own, "unix:uid", Integer.valueOf(NOBODY));
      }
    }
    await(
        run(
            "initdb",
            "-D",
            data.toString(),
            "-U",
            user,
            "--pwfile=" + secret,
            "-A",
            "scram-sha-256",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync"));
    server =
        run(
            "postgres",
            "-D",
            data.toString(),
            "-p",
            Integer.toString(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "fsync=off");
    awaitConnection();
  }

  private void unpack() throws IOException {
    String arch = System.getProperty("os.arch").replace("amd64", "x86_64");
    String system = System.getProperty("os.name").replace("Mac OS X", "Darwin");
    try (InputStream packed = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, arch);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new XZCompressorInputStream(packed))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = home.resolve(entry.getName()).normalize();
        if (!path.startsWith(home)) {
          throw new IOException(entry.getName() + " leads out of the archive");
        }
        if (entry.isDirectory()) {
          Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(path.getParent());
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(path.getParent());
          Files.copy(tar, path);
          if ((entry.getMode() & 0100) != 0) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
          }
        }
      }
    }
  }

  private Process run(String program, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    if (System.getProperty("os.name").equals("Linux")) {
      // Ends with these tests, however they end.
      command.addAll(List.of("setpriv", "--pdeathsig", "INT"));
      if (isRoot()) {
        command.addAll(List.of("--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
      }
      command.add("--");
    }
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(List.of(args));
    return new ProcessBuilder(command)
        .directory(home.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()))
        .start();
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private void await(Process process) throws IOException {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("PostgreSQL failed:\n" + Files.readString(home.resolve("log")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private void awaitConnection() throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (server.isAlive() && System.nanoTime() < end) {
      try (Connection connection = connect()) {
        return;
      } catch (SQLException e) {
        try {
          TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw new IOException(interrupted);
        }
      }
    }
    throw new IOException("PostgreSQL does not start:\n" + Files.readString(home.resolve("log")));
  }

  @Override
  public void close() throws IOException {
    if (server != null) {
      await(run("pg_ctl", "stop", "-m", "fast", "-D", home.resolve("data").toString()));
    }
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).forEach(PostgresServer::delete);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
