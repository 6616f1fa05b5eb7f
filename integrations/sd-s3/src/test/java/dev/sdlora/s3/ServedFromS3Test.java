package dev.sdlora.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.models.DownloadException;
import dev.sdlora.models.ModelStore;
import dev.sdlora.server.SdServer;
import dev.sdlora.server.SdServerBuilder;
import dev.sdlora.server.results.ResultPlace;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose images are in a bucket, which it finds by the environment. */
@SuppressWarnings("NullAway.Init")
@Tag("slow")
class ServedFromS3Test {
  private static final String BODY =
      "{\"prompt\": \"a ring\", \"width\": 72, \"height\": 72, \"steps\": 1, \"seed\": 4}";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static Bucket bucket;
  private static Map<String, String> environment;
  private static Pipeline pipeline;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws Exception {
    bucket = new Bucket();
    environment =
        Map.of(
            "aws.endpointUrlS3", bucket.address().toString(),
            "aws.accessKeyId", Bucket.KEY_ID,
            "aws.secretAccessKey", Bucket.SECRET);
    environment.forEach(System::setProperty);
    pipeline = Pipeline.builder().checkpoint(Checkpoint.open(DemoModel.checkpoint())).build();
  }

  @AfterAll
  static void stop() {
    environment.keySet().forEach(System::clearProperty);
    pipeline.close();
    bucket.close();
  }

  private SdServerBuilder settings() {
    return SdServer.builder(pipeline)
        .port(0)
        .jobs(folder.toString(), Duration.ofDays(1))
        .results("s3://images/sd");
  }

  private static JsonNode json(HttpRequest request) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(CLIENT.send(request, BodyHandlers.ofString()).body());
  }

  private static HttpRequest.Builder request(SdServer server, String path) {
    return HttpRequest.newBuilder(server.uri().resolve(path));
  }

  private static JsonNode drawn(SdServer server) throws Exception {
    HttpRequest post =
        request(server, "/api/jobs").POST(HttpRequest.BodyPublishers.ofString(BODY)).build();
    HttpRequest get = request(server, "/api/jobs/" + json(post).get("id").asText()).build();
    JsonNode job = json(get);
    while (job.get("state").asText().matches("waiting|running")) {
      job = json(get);
    }
    return job;
  }

  private static HttpResponse<byte[]> image(SdServer server, JsonNode job) throws Exception {
    String url = job.get("images").get(0).get("url").asText();
    return CLIENT.send(request(server, url).build(), BodyHandlers.ofByteArray());
  }

  private static String key(JsonNode job) {
    return "sd/%s/%s-0.png".formatted(LocalDate.now(ZoneOffset.UTC), job.get("id").asText());
  }

  @Test
  void bucketThatIsGoneInTheMiddle_losesNoJob() throws Exception {
    JsonNode before;
    JsonNode meanwhile;
    JsonNode after;
    byte[] png;
    try (SdServer server = settings().start()) {
      before = drawn(server);
      png = image(server, before).body();
      assertThat(before.get("warnings")).isEmpty();
      assertThat(bucket.has(key(before))).isTrue();
      bucket.stop();
      meanwhile = drawn(server);
      bucket.startAgain();
      after = drawn(server);
    }
    assertThat(meanwhile.get("state").asText()).isEqualTo("done");
    assertThat(meanwhile.get("warnings").get(0).asText())
        .startsWith("the image could not be saved in the results: S3 cannot be reached: ");
    assertThat(bucket.has(key(meanwhile))).isFalse();
    assertThat(bucket.has(key(after))).isTrue();
    try (SdServer server = settings().start()) {
      bucket.stop();
      HttpResponse<byte[]> unreachable = image(server, before);
      assertThat(unreachable.statusCode()).isEqualTo(503);
      assertThat(new String(unreachable.body(), StandardCharsets.UTF_8))
          .contains("the results cannot be reached now");
      assertThat(unreachable.headers().firstValue("Retry-After")).isPresent();
      assertThat(image(server, meanwhile).body()).isEqualTo(png);
      bucket.startAgain();
    }
    try (SdServer server = settings().start()) {
      assertThat(image(server, before).body()).isEqualTo(png);
      assertThat(image(server, after).body()).isEqualTo(png);
    }
  }

  @Test
  void model_isDownloaded_ifItHasItsHash() throws Exception {
    byte[] model = new byte[300_000];
    new Random(3).nextBytes(model);
    try (ResultPlace place = new S3Results().open("s3://images/models")) {
      place.write("ink lines.safetensors", model);
    }
    String sha256 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(model));
    ModelStore store = ModelStore.builder().folder(folder).build();
    String reference = "s3://images/models/ink lines.safetensors#sha256=";
    Path file = store.get(reference + sha256);
    assertThat(Files.readAllBytes(file)).isEqualTo(model);
    assertThat(file.getFileName()).hasToString("ink lines.safetensors");
    bucket.stop();
    assertThat(store.get(reference + sha256)).isEqualTo(file);
    bucket.startAgain();
    assertThatThrownBy(() -> store.get(reference + "0".repeat(64)))
        .isInstanceOf(DownloadException.class)
        .hasMessageContaining("ink lines.safetensors")
        .hasMessageNotContaining("X-Amz");
    assertThatThrownBy(() -> store.get("s3://images/nothing#sha256=" + sha256))
        .isInstanceOf(DownloadException.class)
        .hasMessageStartingWith("cannot get 's3://images/nothing': ")
        .hasMessageNotContaining("X-Amz");
  }

  @Test
  void missingBucket_isToldAtTheStart() {
    assertThatThrownBy(() -> settings().results("s3://nothing").start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("cannot use the bucket 'nothing': there is no bucket 'nothing'");
  }
}
