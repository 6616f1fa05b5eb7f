package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server behind a real nginx tells the clients apart, whatever they claim. */
@Tag("slow")
final class RateLimitBehindNginxIT {
  @Test
  void rateLimit_countsTheClientsOfNginx() throws Exception {
    try (ServingProcess limited =
            ServingProcess.start(
                "--jobs", "none", "--rate-limit", "2", "--trusted-proxy", "127.0.0.1");
        TemporaryNginx proxy = TemporaryNginx.before(limited.address())) {
      int port = proxy.address().getPort();
      assertThat(submit(port, "127.0.0.1", "1.1.1.1")).contains(" 202 ");
      assertThat(submit(port, "127.0.0.1", "2.2.2.2")).contains(" 202 ");
      assertThat(submit(port, "127.0.0.1", "3.3.3.3")).contains(" 429 ");
      assertThat(submit(port, "127.0.0.2", "1.1.1.1")).contains(" 202 ");
    }
  }

  /** Submits a job from an address, and claims to forward it for another one. */
  private static String submit(int port, String from, String claimed) throws IOException {
    byte[] body =
        "{\"prompt\": \"a ring\", \"width\": 64, \"height\": 64, \"steps\": 1}"
            .getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /api/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Forwarded-For: %s\r\nForwarded: for=%s\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n"
            .formatted(claimed, claimed, body.length);
    InetAddress nginx = InetAddress.getLoopbackAddress();
    try (Socket socket = new Socket(nginx, port, address(from), 0)) {
      socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().write(body);
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().findFirst().orElseThrow();
    }
  }

  private static InetAddress address(String literal) throws IOException {
    String[] parts = literal.split("\\.", -1);
    byte[] bytes = new byte[parts.length];
    for (int i = 0; i < parts.length; i++) {
      bytes[i] = Byte.parseByte(parts[i]);
    }
    return InetAddress.getByAddress(bytes);
  }
}
