package dev.sdlora.server.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.server.ApiKey;
import dev.sdlora.server.SdServer;
import dev.sdlora.server.SdServerBuilder;
import dev.sdlora.server.Served;
import dev.sdlora.server.mcp.RawMcp;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys with limits, over HTTP. */
@SuppressWarnings("NullAway.Init")
class ApiKeysTest {
  private static final String SMALL = "{'prompt': 'x', 'width': 64, 'height': 64, 'steps': 1";
  private static final String KEYS =
      "[{'name': 'web', 'key': 'sk-web-00', 'priority': 5},"
          + " {'name': 'slow', 'key': 'sk-slow-0', 'jobsPerMinute': 1},"
          + " {'name': 'few', 'key': 'sk-few-00', 'maxJobs': 1, 'imagesPerDay': 3},"
          + " {'name': 'shy', 'key': 'sk-shy-00', 'private': true}]";
  @TempDir static Path folder;
  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start() throws IOException {
    pipeline = Served.pipeline(1);
    Path file = write(KEYS);
    served =
        Served.of(
            pipeline,
            settings ->
                settings
                    .apiKeys(file)
                    .apiKey(ApiKey.of("fixed", "sk-fixed-0").maxJobs(2))
                    .user("me", "secret")
                    .bearerToken("sk-plain")
                    .trustedProxy("127.0.0.1"));
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
  }

  /** Ends the jobs of a test. */
  @AfterEach
  void cancelAll() {
    for (JsonNode job : get("sk-plain", "/api/jobs").get("jobs")) {
      served.send(as("sk-plain", served.request("/api/jobs/" + job.get("id").asText()).DELETE()));
    }
    JsonNode jobs = get("sk-plain", "/api/jobs");
    while (Served.unfinished(jobs) > 0) {
      Thread.onSpinWait();
      jobs = get("sk-plain", "/api/jobs");
    }
  }

  private static Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("keys.json"), json.replace('\'', '"'));
  }

  private static HttpRequest.Builder as(String key, HttpRequest.Builder request) {
    return request.header("Authorization", "Bearer " + key);
  }

  private static HttpResponse<String> post(String key, String path, String body) {
    return served.send(as(key, served.post(path, body)));
  }

  private static JsonNode get(String key, String path) {
    return Served.json(served.send(as(key, served.request(path))));
  }

  private static JsonNode submit(String key, String body) {
    return Served.json(post(key, "/api/jobs", body));
  }

  private static long retryAfter(HttpResponse<String> refused) {
    assertThat(refused.statusCode()).isEqualTo(429);
    return refused.headers().firstValueAsLong("Retry-After").orElseThrow();
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void credentials_ofAllKinds_andWhatIsExpectedWithoutThem() {
    for (String known :
        List.of("Bearer sk-web-00", "Bearer sk-fixed-0", "Bearer sk-plain", basic("me:secret"))) {
      assertThat(status(known).statusCode()).as(known).isEqualTo(200);
    }
    // Browsers ask for a name and a password.
    assertThat(status(basic("web:sk-web-00")).statusCode()).isEqualTo(200);
    assertThat(status(basic("any:sk-plain")).statusCode()).isEqualTo(200);
    HttpResponse<String> none = served.send(served.request("/api/jobs"));
    assertThat(none.statusCode()).isEqualTo(401);
    assertThat(none.body())
        .contains(
            "the request has no credentials: send the header 'Authorization: Bearer KEY' with a key"
                + " of --api-key or --api-keys, or 'Authorization: Basic …' with a user and"
                + " password of --api-auth");
    assertThat(status("Bearer sk-wrong").body()).contains("Incorrect API key: send the header");
    assertThat(status(basic("me:wrong")).body()).contains("Incorrect username or password: send");
    assertThat(served.send(served.request("/api/jobs/x/images/0?signature=abc")).body())
        .contains("the signature of this address is wrong");
  }

  private static HttpResponse<String> status(String authorization) {
    return served.send(served.request("/api/usage").header("Authorization", authorization));
  }

  @Test
  void file_changes_isReadAgain() throws IOException {
    write(KEYS.replace("sk-web-00", "sk-web-0001"));
    assertThat(status("Bearer sk-web-00").statusCode()).isEqualTo(401);
    assertThat(status("Bearer sk-web-0001").statusCode()).isEqualTo(200);
    write("[");
    assertThat(status("Bearer sk-web-0001").statusCode()).isEqualTo(200);
    write(KEYS);
    assertThat(status("Bearer sk-web-00").statusCode()).isEqualTo(200);
  }

  @Test
  void priority_ofTheKeyOrLower() {
    submit("sk-plain", Served.LONG);
    String plain = submit("sk-plain", Served.LONG).get("id").asText();
    JsonNode high = submit("sk-web-00", Served.LONG);
    assertThat(high.get("owner").asText()).isEqualTo("web");
    assertThat(high.get("priority").asInt()).isEqualTo(5);
    assertThat(high.get("place").asInt()).isLessThan(place(plain));
    JsonNode low = submit("sk-web-00", Served.LONG.replace("}", ", 'priority': -2}"));
    assertThat(low.get("priority").asInt()).isEqualTo(-2);
    assertThat(low.get("warnings")).isEmpty();
    assertThat(low.get("place").asInt()).isGreaterThan(place(plain));
    HttpResponse<String> raised =
        post("sk-web-00", "/api/jobs", Served.LONG.replace("}", ", 'priority': 6}"));
    assertThat(raised.statusCode()).isEqualTo(422);
    assertThat(raised.body())
        .contains("field 'priority' must be from -100 to 5, the priority of API key 'web': 6");
  }

  private static int place(String id) {
    return get("sk-plain", "/api/jobs/" + id).get("place").asInt();
  }

  @Test
  void quotas_tellTheirNames_inTheFormatOfEachApi() {
    HttpResponse<String> drawn = post("sk-slow-0", "/sdapi/v1/txt2img", SMALL + "}");
    assertThat(drawn.statusCode()).isEqualTo(200);
    HttpResponse<String> refused = post("sk-slow-0", "/sdapi/v1/txt2img", SMALL + "}");
    assertThat(retryAfter(refused)).isBetween(1L, 60L);
    assertThat(Served.json(refused.body()).get("detail").asText())
        .startsWith("API key 'slow' may start 1 jobs per minute (jobsPerMinute); try again in ");
    JsonNode rate =
        Served.json(
            post("sk-slow-0", "/v1/images/generations", "{'prompt': 'x', 'size': '64x64'}").body());
    assertThat(rate.at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(rate.at("/error/message").asText()).contains("jobsPerMinute");

    String usage = "{\"name\":\"slow\",\"priority\":0,\"jobs\":0,\"max_jobs\":null,";
    String own = served.send(as("sk-slow-0", served.request("/api/usage"))).body();
    assertThat(own).startsWith(usage).contains("\"jobs_today\":1,\"images_today\":1");
    assertThat(get("sk-plain", "/api/usage").get("name").isNull()).isTrue();
    String metrics = served.send(as("sk-plain", served.request("/metrics"))).body();
    assertThat(metrics)
        .contains(
            "sdlora_key_images_total{key=\"slow\"} 1.0",
            "sdlora_key_jobs_total{key=\"slow\",state=\"done\"} 1.0",
            "sdlora_key_refused_total{key=\"slow\",limit=\"jobsPerMinute\"} 2.0")
        .doesNotContain("sk-");
  }

  @Test
  void quotas_ofUnfinishedJobs_andOfADay() {
    String id = submit("sk-few-00", Served.LONG).get("id").asText();
    HttpResponse<String> refused = post("sk-few-00", "/api/jobs", SMALL + "}");
    assertThat(retryAfter(refused)).isPositive();
    assertThat(refused.body()).contains("'few' may have 1 waiting and running jobs (maxJobs)");
    assertThat(get("sk-few-00", "/api/usage").get("jobs").asInt()).isEqualTo(1);
    served.send(as("sk-few-00", served.request("/api/jobs/" + id).DELETE()));
    cancelAll();
    HttpResponse<String> tooMany =
        post("sk-few-00", "/v1/images/generations", "{'prompt': 'x', 'size': '64x64', 'n': 4}");
    assertThat(tooMany.statusCode()).isEqualTo(400);
    assertThat(tooMany.body()).contains("may draw 3 per day");
    long used = get("sk-few-00", "/api/usage").get("images_today").asLong();
    assertThat(used).isLessThan(2); // Of the cancelled job, if it had begun.
    for (long i = used; i < 3; i++) {
      String one = "{'prompt': 'x', 'size': '64x64', 'steps': 1}";
      assertThat(post("sk-few-00", "/v1/images/generations", one).statusCode()).isEqualTo(200);
    }
    HttpResponse<String> spent =
        post("sk-few-00", "/v1/images/generations", "{'prompt': 'x', 'size': '64x64'}");
    assertThat(retryAfter(spent)).isLessThanOrEqualTo(24 * 3600);
    JsonNode error = Served.json(spent.body()).get("error");
    assertThat(error.get("code").asText()).isEqualTo("insufficient_quota");
    assertThat(error.get("type").asText()).isEqualTo("insufficient_quota");
    assertThat(error.get("param").isNull()).isTrue();
    assertThat(error.get("message").asText()).contains("3 images per day (imagesPerDay)");
  }

  @Test
  void privateKey_findsItsOwnJobsOnly() {
    String other = submit("sk-web-00", Served.LONG).get("id").asText();
    String own = submit("sk-shy-00", Served.LONG).get("id").asText();
    assertThat(get("sk-shy-00", "/api/jobs").get("jobs")).hasSize(1);
    assertThat(get("sk-web-00", "/api/jobs").get("jobs")).hasSizeGreaterThan(1);
    assertThat(get("sk-shy-00", "/api/jobs/" + own).get("owner").asText()).isEqualTo("shy");
    for (HttpRequest.Builder hidden :
        List.of(
            served.request("/api/jobs/" + other),
            served.request("/api/jobs/" + other).DELETE(),
            served.post("/api/jobs/" + other + "/skip", "{}"))) {
      assertThat(served.send(as("sk-shy-00", hidden)).statusCode()).isEqualTo(404);
    }
    served.send(as("sk-shy-00", served.post("/sdapi/v1/interrupt", "")));
    assertThat(get("sk-web-00", "/api/jobs/" + other).get("state").asText())
        .isNotEqualTo("cancelled");
  }

  @Test
  void tools_drawWithTheLimitsOfTheKey() {
    ObjectNode arguments =
        Served.JSON
            .createObjectNode()
            .put("prompt", "x")
            .put("width", 64)
            .put("height", 64)
            .put("steps", 1);
    RawMcp.begin(served, "sk-fixed-0").call("generate_image", arguments);
    assertThat(get("sk-fixed-0", "/api/usage").get("images_today").asLong()).isEqualTo(1);
  }

  @Test
  void repeatedKey_atTheSameTime_isOneJob_andAnotherBodyIsRefused() {
    List<CompletableFuture<HttpResponse<String>>> answers =
        Stream.generate(() -> repeated("sk-web-00", Served.LONG))
            .limit(4)
            .map(served::sendAsync)
            .toList();
    List<String> ids = new ArrayList<>();
    answers.forEach(answer -> ids.add(Served.json(answer.join()).get("id").asText()));
    assertThat(ids).hasSize(4).containsOnly(ids.get(0));
    HttpResponse<String> other =
        served.send(repeated("sk-web-00", Served.LONG.replace("star", "ring")));
    assertThat(other.statusCode()).isEqualTo(422);
    assertThat(other.body()).contains("belongs to a request with another body", ids.get(0));
    String sorted =
        "{'steps': 1000, 'seed': 1, "
            + Served.LONG.substring(1).replace(", 'steps': 1000, 'seed': 1", "");
    assertThat(Served.json(served.send(repeated("sk-web-00", sorted))).get("id").asText())
        .isEqualTo(ids.get(0));
    assertThat(Served.json(served.send(repeated("sk-plain", Served.LONG))).get("id").asText())
        .isNotEqualTo(ids.get(0));
  }

  private static HttpRequest.Builder repeated(String key, String body) {
    return as(key, served.post("/api/jobs", body)).header("Idempotency-Key", "one");
  }

  @Test
  void prefix_ofATrustedProxy_isInAddresses() {
    HttpResponse<String> job =
        served.send(
            as("sk-plain", served.post("/api/jobs", SMALL + "}"))
                .header("X-Forwarded-Prefix", "/team/sd/"));
    assertThat(job.headers().firstValue("Location").orElseThrow()).startsWith("/team/sd/api/jobs/");
    JsonNode images =
        Served.json(
            served.send(
                as(
                        "sk-plain",
                        served.post(
                            "/v1/images/generations",
                            "{'prompt': 'x', 'size': '64x64', 'steps': 1, 'response_format':"
                                + " 'url'}"))
                    .header("X-Forwarded-Proto", "https")
                    .header("X-Forwarded-Host", "images.example.com")
                    .header("X-Forwarded-Prefix", "/sd")));
    String url = images.at("/data/0/url").asText();
    assertThat(url).startsWith("https://images.example.com/sd/api/jobs/");
    String path = url.substring("https://images.example.com/sd".length());
    assertThat(served.send(served.request(path)).statusCode()).isEqualTo(200);
    HttpResponse<String> forged =
        served.send(
            as("sk-plain", served.post("/api/jobs", SMALL + "}"))
                .header("X-Forwarded-Prefix", "//evil.example"));
    assertThat(forged.headers().firstValue("Location").orElseThrow()).startsWith("/api/jobs/");
  }

  @Test
  void database_keepsTheCountsOfADay_andServersShareLimits() {
    String jobs = folder.resolve("jobs").toString();
    ApiKey key = ApiKey.of("web", "sk-web-00").maxJobs(2).imagesPerDay(4).priority(1);
    try (Pipeline second = Served.pipeline(1);
        Served left = stored(pipeline, jobs, key);
        Served right = stored(second, jobs, key)) {
      List<String> ids = new ArrayList<>();
      for (Served each : List.of(left, right)) {
        ids.add(
            Served.json(each.send(as("sk-web-00", each.post("/api/jobs", Served.LONG))))
                .get("id")
                .asText());
      }
      HttpResponse<String> refused =
          right.send(as("sk-web-00", right.post("/api/jobs", SMALL + "}")));
      assertThat(retryAfter(refused)).isPositive();
      assertThat(refused.body()).contains("maxJobs");
      JsonNode usage = usage(left);
      assertThat(usage.get("images_today").asInt()).isEqualTo(2);
      assertThat(usage.get("jobs_today").asInt()).isEqualTo(2);
      for (String id : ids) {
        left.send(as("sk-web-00", left.request("/api/jobs/" + id).DELETE()));
      }
      for (String id : ids) {
        await(left, id, "cancelled");
      }
    }
    try (Served again = stored(pipeline, jobs, key)) {
      JsonNode all = Served.json(again.send(as("sk-web-00", again.request("/api/jobs"))));
      assertThat(all.get("jobs")).hasSize(2);
      assertThat(all.at("/jobs/0/owner").asText()).isEqualTo("web");
      assertThat(all.at("/jobs/0/priority").asInt()).isEqualTo(1);
      assertThat(usage(again).get("jobs_today").asInt()).isEqualTo(2);
    }
  }

  @Test
  void database_drawsByPriority() {
    String jobs = folder.resolve("ordered").toString();
    try (Served stored =
        Served.of(
            pipeline,
            settings ->
                settings
                    .jobs(jobs, Duration.ofDays(1))
                    .bearerToken("sk-plain")
                    .apiKey(ApiKey.of("web", "sk-web-00").priority(2)))) {
      List<String> ids = new ArrayList<>();
      for (String key : List.of("sk-plain", "sk-plain", "sk-web-00")) {
        ids.add(
            Served.json(stored.send(as(key, stored.post("/api/jobs", Served.LONG))))
                .get("id")
                .asText());
        await(stored, ids.get(0), "running");
      }
      stored.send(as("sk-plain", stored.request("/api/jobs/" + ids.get(0)).DELETE()));
      await(stored, ids.get(2), "running");
      assertThat(state(stored, ids.get(1))).isEqualTo("waiting");
      for (String id : List.of(ids.get(1), ids.get(2))) {
        stored.send(as("sk-plain", stored.request("/api/jobs/" + id).DELETE()));
        await(stored, id, "cancelled");
      }
    }
  }

  private static void await(Served server, String id, String state) {
    while (!state(server, id).equals(state)) {
      Thread.onSpinWait();
    }
  }

  private static String state(Served server, String id) {
    HttpResponse<String> job = server.send(as("sk-web-00", server.request("/api/jobs/" + id)));
    return Served.json(job).get("state").asText();
  }

  private static JsonNode usage(Served server) {
    return Served.json(server.send(as("sk-web-00", server.request("/api/usage"))));
  }

  private static Served stored(Pipeline pipeline, String jobs, ApiKey key) {
    return Served.of(pipeline, settings -> settings.jobs(jobs, Duration.ofDays(1)).apiKey(key));
  }

  @Test
  void settings_thatMakeNoSense_areRefused() {
    SdServerBuilder settings = SdServer.builder(pipeline).apiKey(ApiKey.of("a", "sk-secret"));
    assertThatThrownBy(() -> settings.apiKey(ApiKey.of("a", "sk-other-1")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two API keys have the name 'a'");
    assertThatThrownBy(() -> settings.apiKey(ApiKey.of("b", "sk-secret")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("API keys 'a' and 'b' are the same key");
    assertThatThrownBy(() -> ApiKey.of("b", "short"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 8 characters");
  }
}
