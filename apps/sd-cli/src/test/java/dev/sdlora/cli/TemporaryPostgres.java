package dev.sdlora.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A PostgreSQL server of this machine's programs, in a folder of its own. */
final class TemporaryPostgres implements AutoCloseable {
  private final Path programs;
  private final Path data;
  private final int port;

  private TemporaryPostgres(Path programs, Path data, int port) {
    this.programs = programs;
    this.data = data;
    this.port = port;
  }

  /** Finds the newest of Debian's PostgreSQL servers. */
  static Optional<Path> programs() {
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
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static TemporaryPostgres start(Path programs, Path folder)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    if (isRoot()) {
      run(List.of("chown", "postgres", folder.toString()));
    }
    TemporaryPostgres server = new TemporaryPostgres(programs, folder.resolve("data"), port);
    server.run("initdb", "-A", "trust", "-U", "sd", "-D", server.data.toString());
    server.start();
    return server;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  void start() throws IOException, InterruptedException {
    String options = "-p %s -k %s".formatted(port, data.getParent());
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
      command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
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
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
