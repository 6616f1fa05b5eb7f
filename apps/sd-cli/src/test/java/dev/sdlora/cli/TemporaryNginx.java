package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * nginx with docs/deploy/nginx.conf, changed only in its addresses and in its folders for temporary
 * files.
 */
record TemporaryNginx(Process process, Path folder, URI address) implements AutoCloseable {
  private static final Path CONFIGURATION = Path.of("../../docs/deploy/nginx.conf");
  private static final Path PROGRAM = Path.of("/usr/sbin/nginx");
  private static final String FRONT = "server front:7860 ";
  private static final String PORT = "listen 8080;";

  /** Starts nginx before servers. */
  static TemporaryNginx before(URI... servers) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(PROGRAM), "nginx is not installed");
    Path folder = Files.createTempDirectory("nginx");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Path file = folder.resolve("nginx.conf");
    Files.writeString(file, configuration(folder, port, servers));
    Process process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "-p",
                folder.toString(),
                "-c",
                file.toString(),
                "-e",
                "stderr",
                "-g",
                "daemon off; pid " + folder.resolve("pid") + ";")
            .redirectError(folder.resolve("log").toFile())
            .start();
    URI address = URI.create("http://127.0.0.1:" + port);
    while (!isOpen(port)) {
      assertThat(process.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
      Thread.sleep(20);
    }
    return new TemporaryNginx(process, folder, address);
  }

  private static String configuration(Path folder, int port, URI... servers) throws IOException {
    String text = Files.readString(CONFIGURATION);
    assertThat(text).containsOnlyOnce(FRONT).containsOnlyOnce(PORT).containsOnlyOnce("\nhttp {\n");
    String line = text.lines().filter(each -> each.contains(FRONT)).findFirst().orElseThrow();
    String fronts =
        Arrays.stream(servers)
            .map(server -> line.replace("front:7860", server.getAuthority()))
            .collect(Collectors.joining("\n"));
    StringBuilder folders = new StringBuilder("\nhttp {\n  access_log off;\n");
    for (String kind : new String[] {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
      folders.append("  %s_temp_path %s;%n".formatted(kind, folder.resolve(kind)));
    }
    return text.replace(line, fronts)
        .replace(PORT, "listen 127.0.0.1:" + port + ";")
        .replace("\nhttp {\n", folders);
  }

  private static boolean isOpen(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** The log of nginx. */
  String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
