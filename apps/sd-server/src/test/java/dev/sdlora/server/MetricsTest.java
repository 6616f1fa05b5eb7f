package dev.sdlora.server;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares the metrics of a server that drew two images with the documentation. */
@SuppressWarnings("NullAway.Init")
class MetricsTest {
  private static final Path DOCS = Path.of("../../docs");
  private static final Pattern OURS = Pattern.compile("sdlora_[a-z_]+");
  private static final String ENDED =
      "sdlora_jobs_seconds_count{kind=\"txt2img\",state=\"done\"} 2\n";
  @TempDir static Path folder;
  private static String metrics;

  @BeforeAll
  static void draw() {
    try (Pipeline pipeline = Served.pipeline(1);
        Served served =
            Served.of(pipeline, settings -> settings.jobs(folder.toString(), Duration.ofDays(1)))) {
      String body =
          "{'prompt': 'a ring<lora:night:1>', 'width': 64, 'height': 64, 'steps': 2, 'seed': 1}";
      for (int i = 0; i < 2; i++) {
        String id = served.ask("/api/jobs", body).get("id").asText();
        served.until("/api/jobs/" + id, job -> job.get("state").asText().equals("done"));
      }
      // A job counts a moment after clients see its end.
      Instant end = Instant.now().plusSeconds(60);
      do {
        metrics = served.send(served.request("/metrics")).body();
      } while (!metrics.contains(ENDED) && Instant.now().isBefore(end));
    }
  }

  @AfterAll
  static void forget() {
    metrics = "";
  }

  /** The names in the output, with those of a timer under one name. */
  private static Set<String> families() {
    return Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)")
        .matcher(metrics)
        .results()
        .map(type -> type.group(1))
        .filter(name -> !name.endsWith("_max"))
        .collect(toCollection(TreeSet::new));
  }

  private static Set<String> documented() throws IOException {
    return Files.readAllLines(DOCS.resolve("observability.md")).stream()
        .filter(line -> line.startsWith("| `sdlora_"))
        .map(line -> line.split("`", -1)[1])
        .collect(toCollection(TreeSet::new));
  }

  @Test
  void table_hasTheMetricsOfTheServer() throws IOException {
    Set<String> told = documented();
    // Only with --checkpoint-dir or --api-keys, and only on Linux with glibc.
    told.removeIf(name -> name.startsWith("sdlora_checkpoint") || name.startsWith("sdlora_key"));
    Set<String> real = families();
    real.removeIf(name -> !name.startsWith("sdlora_"));
    assertThat(told).isEqualTo(real);
  }

  @Test
  void counts_areThoseOfTheJobs() {
    assertThat(metrics)
        .contains(ENDED)
        .contains("sdlora_queue_wait_seconds_count{kind=\"txt2img\"} 2\n")
        .contains("sdlora_phase_seconds_count{phase=\"sample\"} 2\n")
        .contains("sdlora_phase_seconds_count{phase=\"store\"} 2\n")
        .contains("sdlora_claims_total{result=\"first\"} 2.0\n")
        .contains("sdlora_claims_total{result=\"lost\"} 0.0\n")
        .contains("sdlora_queue_oldest_seconds 0.0\n")
        .contains("sdlora_reserved_memory_bytes 0.0\n")
        .containsPattern("sdlora_texts_total\\{cache=\"hit\"\\} [1-9]")
        .containsPattern("sdlora_lora_files_total\\{cache=\"hit\"\\} [1-9]")
        .containsPattern("sdlora_store_seconds_count\\{outcome=\"done\"\\} [1-9]")
        .containsPattern("jvm_memory_used_bytes\\{area=\"heap\"");
  }

  @Test
  void dashboard_asksForMetricsThatExist() throws IOException {
    JsonNode dashboard =
        Served.json(Files.readString(DOCS.resolve("deploy/grafana-dashboard.json")));
    Set<String> known = new TreeSet<>(documented());
    known.addAll(families());
    int asked = 0;
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.path("targets")) {
        asked++;
        Pattern.compile(OURS.pattern() + "|jvm_[a-z_]+|process_[a-z_]+")
            .matcher(target.get("expr").asText())
            .results()
            .map(MatchResult::group)
            .map(name -> name.replaceFirst("(_seconds)_(count|sum|bucket)$", "$1"))
            .forEach(name -> assertThat(known).describedAs(panel.toString()).contains(name));
      }
    }
    assertThat(asked).isGreaterThan(10);
  }

  @Test
  void dashboard_addsNothingThatAllServersOfADatabaseShow() throws IOException {
    Pattern shown =
        Pattern.compile("sdlora_(jobs_(unfinished|waiting|running)|queue_oldest|workers)");
    String text = Files.readString(DOCS.resolve("deploy/grafana-dashboard.json"));
    List<String> asked =
        Served.json(text).get("panels").findValuesAsText("expr").stream()
            .filter(expression -> shown.matcher(expression).find())
            .toList();
    assertThat(asked).isNotEmpty().allMatch(expression -> expression.startsWith("max"));
  }

  private static double sum(List<Served> servers, String series) {
    double sum = 0;
    for (Served each : servers) {
      sum +=
          Pattern.compile("(?m)^" + Pattern.quote(series) + " (\\S+)$")
              .matcher(
                  each.send(each.request("/metrics").header("Authorization", "Bearer sk-shop-000"))
                      .body())
              .results()
              .mapToDouble(found -> Double.parseDouble(found.group(1)))
              .sum();
    }
    return sum;
  }

  @Test
  void twoServers_countEachJobOnce(@TempDir Path jobs) {
    UnaryOperator<SdServerBuilder> settings =
        server ->
            server
                .jobs(jobs.toString(), Duration.ofDays(1))
                .apiKey(ApiKey.of("shop", "sk-shop-000"));
    String body =
        "{'prompt': 'a ring', 'width': 64, 'height': 64, 'steps': 2, 'n_iter': 2, 'seed': %s}";
    try (Pipeline first = Served.pipeline(1);
        Pipeline second = Served.pipeline(1);
        Served left = Served.of(first, settings);
        Served right = Served.of(second, settings)) {
      List<Served> servers = List.of(left, right);
      List<String> paths = new ArrayList<>();
      for (int seed = 0; seed < 5; seed++) {
        Served one = servers.get(seed % 2);
        paths.add(
            "/api/jobs/"
                + keyed(one, one.post("/api/jobs", body.formatted(seed))).get("id").asText());
      }
      for (Served each : servers) {
        for (String path : paths) {
          while (!keyed(each, each.request(path)).get("state").asText().equals("done")) {
            Thread.onSpinWait();
          }
        }
      }
      String ended = "sdlora_jobs_seconds_count{kind=\"txt2img\",state=\"done\"}";
      while (sum(servers, ended) < 5) { // A job counts a moment after clients see its end.
        Thread.onSpinWait();
      }
      assertThat(sum(servers, ended)).isEqualTo(5);
      assertThat(sum(servers, "sdlora_queue_wait_seconds_count{kind=\"txt2img\"}")).isEqualTo(5);
      assertThat(sum(servers, "sdlora_images_total")).isEqualTo(10);
      assertThat(sum(servers, "sdlora_key_images_total{key=\"shop\"}")).isEqualTo(10);
      assertThat(sum(servers, "sdlora_key_jobs_total{key=\"shop\",state=\"done\"}")).isEqualTo(5);
    }
  }

  private static JsonNode keyed(Served served, HttpRequest.Builder request) {
    return Served.json(served.send(request.header("Authorization", "Bearer sk-shop-000")));
  }

  /** The rules of Prometheus for names: base units, and _total for counters alone. */
  @Test
  void names_followTheRules() {
    Pattern.compile("(?m)^# TYPE (sdlora_\\S+) (\\S+)")
        .matcher(metrics)
        .results()
        .forEach(
            type -> {
              String name = type.group(1);
              assertThat(name.endsWith("_total"))
                  .describedAs(name)
                  .isEqualTo(type.group(2).equals("counter"));
              assertThat(name).doesNotContain("milli", "_ms", "_mb", "_nanos");
              assertThat(metrics).containsPattern("# HELP " + name + " \\w");
            });
  }
}
