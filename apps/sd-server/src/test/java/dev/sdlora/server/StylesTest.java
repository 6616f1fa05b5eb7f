package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Style;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Styles saved over HTTP; all tests share a server, and each uses styles of its own. */
@SuppressWarnings("NullAway.Init")
class StylesTest {
  private static final ApiKey TEAM = ApiKey.of("team", "sk-team-00");
  private static final ApiKey SHY = ApiKey.of("shy", "sk-shy-000").hideOthers();

  private static Path csv;
  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start(@TempDir Path folder) {
    csv = folder.resolve("styles.csv");
    pipeline = Served.pipeline(1);
    served = Served.of(pipeline, settings -> settings.styles(csv).apiKey(TEAM).apiKey(SHY));
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
  }

  private static HttpResponse<String> send(String secret, HttpRequest.Builder request) {
    return served.send(request.header("Authorization", "Bearer " + secret));
  }

  private static HttpResponse<String> save(String body) {
    return send("sk-team-00", served.post("/api/styles", body));
  }

  private static JsonNode model(String secret) throws Exception {
    return Served.JSON.readTree(send(secret, served.request("/api/model")).body());
  }

  @Test
  void save_newStyle_isInTheFileAndCanBeNamedAtOnce() throws Exception {
    HttpResponse<String> answer =
        save("{'name': ' Loud ', 'prompt': '{prompt}, loud', 'negative_prompt': 'grey'}");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    Style loud = new Style("Loud", "{prompt}, loud", "grey");
    assertThat(Style.readAll(csv)).contains(loud);
    assertThat(model("sk-team-00").get("styles").findValuesAsText("name")).contains("Loud");
    HttpResponse<String> drawn =
        send(
            "sk-team-00",
            served.post(
                "/sdapi/v1/txt2img",
                "{'prompt': 'a ring', 'styles': ['Loud'], 'width': 64, 'height': 64, 'steps': 1}"));
    assertThat(drawn.body()).contains("a ring, loud");
  }

  @Test
  void save_ofATakenName_replacesOnlyIfAsked() throws Exception {
    save("{'name': 'twice', 'prompt': 'first'}");

    HttpResponse<String> refused = save("{'name': 'twice', 'prompt': 'second'}");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("there is a style 'twice' already");
    assertThat(Style.readAll(csv)).contains(new Style("twice", "first", ""));

    assertThat(save("{'name': 'twice', 'prompt': 'second', 'replace': true}").statusCode())
        .isEqualTo(201);
    assertThat(Style.readAll(csv))
        .contains(new Style("twice", "second", ""))
        .doesNotContain(new Style("twice", "first", ""));
  }

  @Test
  void save_withoutNameOrPrompt_isRefused() {
    assertThat(save("{'name': ' ', 'prompt': 'x'}").body())
        .contains("field 'name' must be a line of 1 to 100 characters, but it has 0");
    assertThat(save("{'name': 'a\\nb', 'prompt': 'x'}").body()).contains("has several lines");
    assertThat(save("{'name': 'nothing', 'prompt': ' '}").body()).contains("both are empty");
    assertThat(save("{'name': 'nothing'}").statusCode()).isEqualTo(422);
  }

  @Test
  void save_byAPrivateKey_isRefused() throws Exception {
    HttpResponse<String> refused =
        send("sk-shy-000", served.post("/api/styles", "{'name': 'shy', 'prompt': 'x'}"));

    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("the API key is private");
    assertThat(model("sk-shy-000").get("saves_styles").asBoolean()).isFalse();
    assertThat(model("sk-team-00").get("saves_styles").asBoolean()).isTrue();
  }

  @Test
  void save_intoAFileThatWasDamaged_tellsWhyWithoutItsFolder() throws Exception {
    Path other = Files.createTempDirectory(csv.getParent(), "other").resolve("styles.csv");
    try (Served damaged = Served.of(pipeline, settings -> settings.styles(other))) {
      Files.writeString(other, "no header");

      HttpResponse<String> answer =
          damaged.send(damaged.post("/api/styles", "{'name': 'a', 'prompt': 'x'}"));

      assertThat(answer.statusCode()).isEqualTo(500);
      assertThat(answer.body())
          .contains("styles file 'styles.csv' cannot be changed: it has no column 'name'");
    }
  }

  @Test
  void save_withoutAFile_isRefused() {
    try (Served none = Served.of(pipeline)) {
      HttpResponse<String> answer =
          none.send(none.post("/api/styles", "{'name': 'a', 'prompt': 'x'}"));

      assertThat(answer.statusCode()).isEqualTo(501);
      assertThat(answer.body()).contains("start it with --styles");
      assertThat(none.get("/api/model").get("saves_styles").asBoolean()).isFalse();
    }
  }
}
