package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sd serve} in this JVM. */
class ServeCommandTest {

  @Test
  void port_taken_isToldBeforeTheModelIsRead() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      CommandRun run =
          CommandRun.of("serve", "--port", port, "--checkpoint", "missing.safetensors");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("--port " + port + " of 127.0.0.1 cannot be used");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--port, 70000, --port must be from 0 to 65535: 70000",
    "--listen, no.such.name.invalid, --listen names no address: no.such.name.invalid"
  })
  void address_impossible_isToldInTheOptionsWords(String option, String value, String sentence) {
    assertThat(CommandRun.of("serve", option, value).err()).contains(sentence);
  }

  @Test
  void serve_saysWhereItIsAndHowItStops() throws Exception {
    PipedWriter writer = new PipedWriter();
    CompletableFuture<Integer> exit = new CompletableFuture<>();
    Thread serving =
        new Thread(
            () ->
                exit.complete(
                    Sd.commandLine()
                        .setOut(new PrintWriter(writer, true))
                        .execute("serve", "--port", "0")));
    try (BufferedReader out = new BufferedReader(new PipedReader(writer))) {
      serving.start();
      assertThat(URI.create(out.readLine()).getPort()).isPositive();
      assertThat(out.readLine()).contains("Studio at /", "/sdapi/v1", "/v1;", "Ctrl-C");
    } finally {
      serving.interrupt();
    }
    assertThat(exit.join()).isZero();
  }
}
