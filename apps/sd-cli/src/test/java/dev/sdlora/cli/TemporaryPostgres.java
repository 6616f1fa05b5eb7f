package dev.sdlora.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.tukaani.xz.XZInputStream;

/** A PostgreSQL server in a folder of its own, which it deletes when it is closed. */
final class TemporaryPostgres implements AutoCloseable {
  /** PostgreSQL's programs for Linux on x86-64, from Maven Central. */
  private static final String ARCHIVE = "/postgres-linux-x86_64.txz";

  private final Path programs;
  private final Path data;
  private final int port;

  private TemporaryPostgres(Path programs, Path data, int port) {
    this.programs = programs;
    this.data = data;
    this.port = port;
  }

  /** Starts a server; the test is skipped on machines for which there are no programs. */
  static TemporaryPostgres open() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("postgres");
    Optional<Path> programs = isForThisMachine() ? Optional.of(unpacked(folder)) : installed();
    assumeTrue(programs.isPresent(), "PostgreSQL is not installed");
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    if (isRoot()) {
      run(List.of("chown", "-R", "65534", folder.toString()));
    }
    TemporaryPostgres server = new TemporaryPostgres(programs.get(), folder.resolve("data"), port);
    server.run(
        "initdb", "-A", "trust", "-U", "sd", "-E", "UTF8", "-N", "-D", server.data.toString());
    server.start();
    return server;
  }

  private static boolean isForThisMachine() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64");
  }

  private static Path unpacked(Path folder) throws IOException, InterruptedException {
    Process tar =
        new ProcessBuilder("tar", "-xf", "-", "-C", folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    InputStream archive =
        Objects.requireNonNull(TemporaryPostgres.class.getResourceAsStream(ARCHIVE), ARCHIVE);
    try (InputStream in = new XZInputStream(archive);
        OutputStream out = tar.getOutputStream()) {
      in.transferTo(out);
    }
    if (tar.waitFor() != 0) {
      throw new IOException("tar cannot unpack " + ARCHIVE);
    }
    return folder.resolve("bin");
  }

  /** Finds the newest of Debian's PostgreSQL servers. */
  private static Optional<Path> installed() throws IOException {
    Path all = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(all)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(all)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .sorted()
          .reduce((older, newer) -> newer);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  void start() throws IOException, InterruptedException {
    String options = "-p %s -k %s -h 127.0.0.1".formatted(port, data.getParent());
    String log = data.resolveSibling("log").toString();
    run("pg_ctl", "-D", data.toString(), "-w", "-o", options, "-l", log, "start");
  }

  /** Stops at once, as a crash does. */
  void crash() throws IOException, InterruptedException {
    run("pg_ctl", "-D", data.toString(), "-m", "immediate", "stop");
  }

  String address() {
    return "jdbc:postgresql://127.0.0.1:%s/postgres?user=sd".formatted(port);
  }

  private void run(String program, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    if (isRoot()) { // PostgreSQL refuses to run as root.
      command.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    run(command);
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    // pg_ctl leaves its output to the server, which would keep a pipe open.
    Path out = Files.createTempFile("postgres", ".log");
    int code =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start()
            .waitFor();
    if (code != 0) {
      throw new IOException(command + ": " + Files.readString(out));
    }
    Files.delete(out);
  }

  @Override
  public void close() throws IOException {
    try {
      crash();
      run(List.of("rm", "-rf", data.resolveSibling("").toString()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
