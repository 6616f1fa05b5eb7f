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

/** Tests {@code sd serve} in this JVM. */
class ServeCommandTest {

  @Test
  void port_taken_isToldBeforeTheModelIsRead() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      CommandRun run =
          CommandRun.of("serve", "--port", port, "--checkpoint", "missing.safetensors");
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.err()).contains("cannot use --port " + port + " on 127.0.0.1");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--port, 70000, --port must be from 0 to 65535: 70000",
    "--grace, -1, --grace must be at least 0: -1",
    "--max-jobs, 0, --max-jobs must be from 1 to 150: 0",
    "--rate-limit, -1, --rate-limit must be from 0 to",
    "--concurrency, 0, --concurrency must be at least 1: 0",
    "--max-pixels, 5, --max-pixels must be from 4096 to",
    "--max-body, 0, --max-body must be",
    "--api-keys, missing.json, --api-keys: cannot read the API keys in 'missing.json':"
        + " NoSuchFileException",
    "--segmentation, encoder.onnx, --segmentation must be two files",
    "--proxy-header, Via, --proxy-header: the header of proxies must be X-Forwarded-For or Forwarded",
    "--trusted-proxy, foo, --trusted-proxy: a trusted proxy must be an IP address or a block",
    "--allowed-host, http://foo, --allowed-host: an allowed host must be a name",
    "--results, gs://bucket, --results: results must be a folder or an address that begins with",
    "--results-age, 3, --results-age needs --results",
    "--device, 'cpu,tpu', '--device must be auto, cpu, mps'",
    "--device, 'cpu,', '--device must be auto, cpu, mps'",
    "--listen, no.such.name.invalid, --listen has an unknown address: no.such.name.invalid"
  })
  void value_impossible_isToldInTheOptionsWords(String option, String value, String sentence) {
    String call = option.equals("--port") ? "serve" : "serve --port 0";
    CommandRun run = CommandRun.of((call + " " + option + " " + value).split(" "));
    assertThat(run.err()).startsWith("sd: " + sentence);
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void device_several_areForServersAlone() {
    CommandRun run = CommandRun.of("generate", "a star", "--device", "cpu,cuda:1");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("sd: --device must name one device; several are for sd serve: cpu,cuda:1");
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
                        .execute("serve", "--port", "0", "--device", "cpu, cpu")));
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
