package dev.sdlora.server.soak;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.SdServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Fifty clients of all three APIs for some minutes, {@code -Dsoak.minutes=10}, with cancelled jobs
 * and broken connections. Afterwards none of their jobs, threads, temporary files, open files or
 * native arrays may be left. The test command does not run it because of its name; see
 * docs/evidence/soak.md.
 */
class ServerSoak {
  private static final int CLIENTS = 50;
  private static final Path OPEN_FILES = Path.of("/proc/self/fd");

  /** Time that idle threads may stay. */
  private static final long IDLE_SECONDS = 150;

  @Test
  void fiftyClients_someMinutes_leaveNothing() throws Exception {
    double minutes = Double.parseDouble(System.getProperty("soak.minutes", "1"));
    try (Pipeline pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .concurrency(2)
            .build()) {
      try (SdServer server = SdServer.builder(pipeline).port(0).start()) {
        soak(server.uri().getPort(), pipeline, minutes);
      }
    }
    assertThat(threads()).noneMatch(name -> name.startsWith("JettyServerThreadPool"));
  }

  private static void soak(int port, Pipeline pipeline, double minutes) throws Exception {
    SoakClient.Counts counts = new SoakClient.Counts();
    run(port, counts, 0.1); // Run once to create everything that is created only once.
    settle(port, pipeline);
    int tensors = pipeline.liveTensors();
    Set<String> files = temporaryFiles();
    int open = openFiles();
    int threads = threads().size();

    run(port, counts, minutes);
    settle(port, pipeline);
    waitUntil(() -> threads().size() <= threads && openFiles() <= open, IDLE_SECONDS);
    System.out.printf(
        "%s minutes, %s clients: %s%nnative arrays %s -> %s, threads %s -> %s, open files %s ->"
            + " %s%n",
        minutes,
        CLIENTS,
        counts,
        tensors,
        pipeline.liveTensors(),
        threads,
        threads().size(),
        open,
        openFiles());
    assertThat(counts.of("200")).as(counts.toString()).isPositive();
    assertThat(counts.of("500") + counts.of("no answer")).as(counts.toString()).isZero();
    assertThat(pipeline.liveTensors()).isEqualTo(tensors);
    assertThat(temporaryFiles()).isSubsetOf(files);
    assertThat(threads().size()).as("%s", threads()).isLessThanOrEqualTo(threads);
    assertThat(openFiles()).isLessThanOrEqualTo(open);
  }

  private static void run(int port, SoakClient.Counts counts, double minutes)
      throws InterruptedException {
    long end = System.nanoTime() + (long) (minutes * 60e9);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Thread(new SoakClient(port, i, end, counts), "client-" + i));
    }
    clients.forEach(Thread::start);
    for (Thread client : clients) {
      client.join();
    }
  }

  /** Checks that no job is left within a minute; an image without LoRAs removes those of others. */
  private static void settle(int port, Pipeline pipeline) {
    waitUntil(() -> !jobs(port).matches("(?s).*\"state\":\"(waiting|running)\".*"), 60);
    assertThat(jobs(port)).doesNotContain("\"state\":\"waiting\"", "\"state\":\"running\"");
    pipeline.generate(PromptSpec.builder().prompt("a ring").steps(1).seed(1).build());
    System.gc();
  }

  private static String jobs(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request = "GET /api/jobs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void waitUntil(BooleanSupplier holds, long seconds) {
    long end = System.nanoTime() + seconds * 1_000_000_000;
    while (!holds.getAsBoolean() && System.nanoTime() < end) {
      try {
        Thread.sleep(250);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).sorted().toList();
  }

  private static Set<String> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .map(file -> "" + file.getFileName())
          .filter(name -> name.startsWith("sd-") || name.startsWith("jetty"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** Returns the number of open files; 0 if the system does not report it. */
  private static int openFiles() {
    String[] files = OPEN_FILES.toFile().list();
    return files == null ? 0 : files.length;
  }
}
