package dev.sdlora.server.soak;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A client that requests images in all ways, at random, and often disconnects before they are
 * finished. Each request has its own connection.
 */
final class SoakClient implements Runnable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> LORAS =
      List.of("", " <lora:ink_lines:0.8>", " <lora:night:0.6><lora:zorp:1>", " <lora:gone:1>");

  private static final String DRAWING =
      "{\"prompt\": \"a red star%s\", \"width\": %s, \"height\": 64, \"steps\": %s, \"seed\": %s,"
          + " \"size\": \"64x64\"%s}";

  private final int port;
  private final Random random;
  private final long end;
  private final Counts counts;

  /** Counts the statuses and actions of all clients. */
  static final class Counts {
    private final Map<String, AtomicInteger> counts = new TreeMap<>();

    synchronized void add(String what) {
      counts.computeIfAbsent(what, key -> new AtomicInteger()).incrementAndGet();
    }

    synchronized int of(String what) {
      return counts.getOrDefault(what, new AtomicInteger()).get();
    }

    @Override
    public synchronized String toString() {
      return counts.toString();
    }
  }

  SoakClient(int port, long seed, long end, Counts counts) {
    this.port = port;
    this.random = new Random(seed);
    this.end = end;
    this.counts = counts;
  }

  @Override
  public void run() {
    while (System.nanoTime() < end) {
      try {
        act();
      } catch (IOException e) {
        counts.add("connection lost");
      }
    }
  }

  private void act() throws IOException {
    switch (random.nextInt(9)) {
      case 0, 1 -> send("POST", "/sdapi/v1/txt2img", drawing(""), patience());
      case 2 -> send("POST", "/v1/images/generations", drawing(""), patience());
      case 3 ->
          send(
              "POST",
              "/v1/images/generations",
              drawing(", \"stream\": true, \"partial_images\": 2"),
              patience());
      case 4, 5 -> job();
      case 6 ->
          send("POST", random.nextBoolean() ? "/sdapi/v1/interrupt" : "/sdapi/v1/skip", "", 0);
      case 7 -> send("GET", "/sdapi/v1/progress", "", 0);
      default -> look();
    }
  }

  private String drawing(String more) {
    String lora = LORAS.get(random.nextInt(LORAS.size()));
    int width = random.nextInt(4) == 0 ? 128 : 64;
    return DRAWING.formatted(lora, width, 2 + random.nextInt(12), random.nextInt(5), more);
  }

  /** Returns the number of bytes to read before disconnecting; 0 for all of them. */
  private int patience() {
    return random.nextInt(3) == 0 ? 1 + random.nextInt(3000) : 0;
  }

  /** Watches a job for a while, then cancels it or fetches its image. */
  private void job() throws IOException {
    String answer = send("POST", "/api/jobs", drawing(""), 0);
    JsonNode job = JSON.missingNode();
    try {
      job = JSON.readTree(answer);
    } catch (JsonProcessingException e) {
      counts.add("no JSON: " + answer);
    }
    if (!job.has("id")) {
      return; // The queue is full, or the LoRA does not exist.
    }
    String path = "/api/jobs/" + job.get("id").asText();
    send("GET", path + "/events", "", patience());
    switch (random.nextInt(3)) {
      case 0 -> send("DELETE", path, "", 0);
      case 1 -> send("GET", path + "/images/0", "", 0);
      default -> send("POST", path + "/move", "{\"place\": 1}", 0);
    }
  }

  private void look() throws IOException {
    List<String> paths =
        List.of("/", "/api/model", "/sdapi/v1/loras", "/api/jobs", "/metrics", "/api/trainings");
    send("GET", paths.get(random.nextInt(paths.size())), "", 0);
    // Some clients only hold a connection.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write('G');
    }
  }

  /**
   * Sends a request and reads the response, or disconnects after some bytes of it.
   *
   * @return the body
   */
  private String send(String method, String path, String body, int most) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n"
            .formatted(method, path, bytes.length);
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      // Longer than any queue; a missing response is an error.
      socket.setSoTimeout(300_000);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().write(bytes);
      if (most > 0 && random.nextBoolean()) {
        counts.add("hung up before an answer");
        return "";
      }
      InputStream in = socket.getInputStream();
      int next = in.read();
      while (next >= 0 && (most == 0 || answer.size() < most)) {
        answer.write(next);
        byte[] rest = in.readNBytes(Math.min(in.available(), 1 << 16));
        answer.write(rest, 0, rest.length);
        next = in.read();
      }
    }
    String text = answer.toString(StandardCharsets.UTF_8);
    counts.add(most > 0 ? "hung up within an answer" : status(text));
    return text.substring(Math.max(0, text.indexOf("\r\n\r\n") + 4));
  }

  private static String status(String answer) {
    return answer.length() > 12 ? answer.substring(9, 12) : "no answer";
  }
}
