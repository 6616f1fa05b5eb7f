package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients of a front, three workers and PostgreSQL, while the front and two workers are killed
 * again and again. Every job ends exactly once, every image is that of a single server, and the
 * worker that lives through it all holds no more than before. {@code -Dsoak.minutes=10
 * -Dsoak.clients=50} sets the length and the number of clients.
 */
@Tag("slow")
final class ClusterSoakIT {
  private static final double MINUTES = Double.parseDouble(System.getProperty("soak.minutes", "1"));
  private static final int CLIENTS = Integer.getInteger("soak.clients", 10);
  private static final int MOST_JOBS = 3 * CLIENTS / 2;

  /** A leak of this size per minute would show in ten minutes. */
  private static final long HEAP_BYTES = 64L << 20;

  private static final int OPEN_FILES = 8;
  private static final int CONNECTIONS_PER_SERVER = 5;
  private static final String THREE_STOPS = "the server stopped 3 times";
  private static final Pattern HEAP = Pattern.compile("used (\\d+)K");

  @Test
  void killedServers_everyJobEndsOnce_nothingLeaks() throws Exception {
    List<byte[]> jobImages = new ArrayList<>();
    List<byte[]> images = new ArrayList<>();
    try (ServingProcess single = ServingProcess.withJobs("none")) {
      for (int i = 0; i < ClusterClient.REQUESTS.size(); i++) {
        jobImages.add(ClusterClient.drawJob(single.address(), i));
        images.add(ClusterClient.draw(single.address(), i));
      }
    }
    ClusterRecord record = new ClusterRecord();
    try (TemporaryPostgres postgres = TemporaryPostgres.open();
        Cluster cluster = new Cluster(postgres, MOST_JOBS)) {
      watchEnds(postgres);
      run(cluster, record, MINUTES / 5, false);
      Holdings before = Holdings.of(cluster, postgres, new Holdings(0, 0, 0));
      run(cluster, record, MINUTES, true);
      for (Map.Entry<String, Integer> job : record.jobs.entrySet()) {
        byte[] image = ClusterClient.image(cluster.front(), job.getKey());
        if (image.length > 0) {
          assertThat(image).isEqualTo(jobImages.get(job.getValue()));
        }
      }
      record.images.forEach(
          (image, number) ->
              assertThat(Base64.getDecoder().decode(image)).isEqualTo(images.get(number)));
      awaitEnds(postgres);
      assertThat(record.faults).isEmpty();
      checkEnds(postgres, record);
      Holdings after = Holdings.of(cluster, postgres, before);
      System.out.printf(
          "%s minutes, %s clients, %s kills, %s jobs: %s%n%s -> %s%n",
          MINUTES, CLIENTS, cluster.kills(), record.jobs.size(), record, before, after);
      assertThat(after.tensors).isLessThanOrEqualTo(before.tensors);
      assertThat(after.files).isLessThanOrEqualTo(before.files + OPEN_FILES);
      assertThat(after.heap).isLessThanOrEqualTo(before.heap + HEAP_BYTES);
      assertThat(
              query(
                  postgres,
                  "SELECT count(*) FROM pg_stat_activity WHERE usename = 'sd' AND"
                      + " backend_type = 'client backend' AND pid <> pg_backend_pid()"))
          .allMatch(count -> Integer.parseInt(count) <= CONNECTIONS_PER_SERVER * cluster.size());
    }
  }

  /** Lets PostgreSQL record every end of a job, and every image. */
  private static void watchEnds(TemporaryPostgres postgres) throws SQLException {
    execute(
        postgres,
        "CREATE TABLE ends (job VARCHAR(100))",
        "CREATE TABLE drawn (job VARCHAR(100))",
        "CREATE FUNCTION ended() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO ends VALUES"
            + " (NEW.id); RETURN NEW; END'",
        "CREATE FUNCTION drawn() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO drawn"
            + " VALUES (NEW.job); RETURN NEW; END'",
        "CREATE TRIGGER ended AFTER UPDATE OF state ON sd_jobs FOR EACH ROW WHEN (NEW.state IN"
            + " ('done', 'failed', 'cancelled')) EXECUTE FUNCTION ended()",
        "CREATE TRIGGER drawn AFTER INSERT ON sd_images FOR EACH ROW EXECUTE FUNCTION drawn()");
  }

  private static void run(Cluster cluster, ClusterRecord record, double minutes, boolean kill)
      throws Exception {
    long end = System.nanoTime() + (long) (minutes * 60e9);
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = kill ? i : CLIENTS + i;
      clients.add(new Thread(new ClusterClient(cluster.front(), number, end, record)));
    }
    clients.forEach(Thread::start);
    Random random = new Random(1);
    while (kill && System.nanoTime() < end) {
      cluster.killOne(random);
      Thread.sleep(1000 + random.nextInt(4000));
    }
    for (Thread client : clients) {
      client.join();
    }
  }

  private static void awaitEnds(TemporaryPostgres postgres) throws Exception {
    String unfinished = "SELECT id FROM sd_jobs WHERE state IN ('waiting', 'running')";
    while (!query(postgres, unfinished).isEmpty()) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private static void checkEnds(TemporaryPostgres postgres, ClusterRecord record)
      throws SQLException {
    assertThat(query(postgres, "SELECT job FROM ends GROUP BY job HAVING count(*) > 1")).isEmpty();
    assertThat(query(postgres, "SELECT job FROM drawn GROUP BY job HAVING count(*) > 1")).isEmpty();
    // Clients remove some jobs that they meant to cancel.
    assertThat(query(postgres, "SELECT id FROM sd_jobs WHERE id NOT IN (SELECT job FROM ends)"))
        .isEmpty();
    assertThat(query(postgres, "SELECT job FROM ends")).containsAll(record.jobs.keySet());
    assertThat(
            query(
                postgres,
                "SELECT id FROM sd_jobs WHERE state = 'done' AND id NOT IN (SELECT job FROM"
                    + " drawn)"))
        .isEmpty();
    assertThat(query(postgres, "SELECT report FROM sd_jobs WHERE state = 'failed'"))
        .allMatch(report -> report.contains(THREE_STOPS));
    List<String> cancelled = query(postgres, "SELECT id FROM sd_jobs WHERE state = 'cancelled'");
    cancelled.retainAll(record.jobs.keySet());
    assertThat(record.cancelled).containsAll(cancelled);
  }

  private static void execute(TemporaryPostgres postgres, String... statements)
      throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.address());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Returns the first column. */
  private static List<String> query(TemporaryPostgres postgres, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(postgres.address());
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      List<String> rows = new ArrayList<>();
      while (found.next()) {
        rows.add(found.getString(1));
      }
      return rows;
    }
  }

  /** The memory and files of the spared worker while it draws nothing and no LoRA is applied. */
  private record Holdings(long tensors, long files, long heap) {
    /** Draws without LoRAs until the worker had its turn, or holds no more than before. */
    static Holdings of(Cluster cluster, TemporaryPostgres postgres, Holdings before)
        throws Exception {
      long tensors = Long.MAX_VALUE;
      for (int i = 0; i < 40 && tensors > before.tensors; i++) {
        List<Thread> plain = new ArrayList<>();
        for (int j = 0; j < cluster.size(); j++) {
          Thread drawing = new Thread(() -> drawPlain(cluster.front()));
          drawing.start();
          plain.add(drawing);
        }
        for (Thread drawing : plain) {
          drawing.join();
        }
        awaitEnds(postgres);
        tensors = Math.min(tensors, tensors(cluster.spared()));
        if (before.tensors == 0 && i == 4) {
          break;
        }
      }
      long process = cluster.spared().process().pid();
      jcmd(process, "GC.run");
      Matcher heap = HEAP.matcher(jcmd(process, "GC.heap_info"));
      long used = 0;
      while (heap.find()) {
        used += 1024 * Long.parseLong(heap.group(1));
      }
      try (Stream<Path> files = Files.list(Path.of("/proc/" + process + "/fd"))) {
        return new Holdings(tensors, files.count(), used);
      }
    }

    private static void drawPlain(URI front) {
      try {
        ClusterClient.drawJob(front, 0);
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private static long tensors(ServingProcess server) throws Exception {
      URI metrics = server.address().resolve("/metrics");
      try (InputStream in = metrics.toURL().openStream()) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        String line =
            text.lines()
                .filter(each -> each.startsWith("sdlora_live_tensors"))
                .findFirst()
                .orElseThrow();
        return (long) Double.parseDouble(line.substring(line.lastIndexOf(' ')));
      }
    }

    private static String jcmd(long process, String command) throws Exception {
      Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
      Process jcmd =
          new ProcessBuilder(program.toString(), Long.toString(process), command).start();
      String out = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      jcmd.waitFor();
      return out;
    }
  }
}
