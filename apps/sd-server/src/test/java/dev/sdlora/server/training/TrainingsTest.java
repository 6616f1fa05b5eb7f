package dev.sdlora.server.training;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.Served;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training of LoRAs over HTTP, on images of 64 by 64 pixels. */
@SuppressWarnings("NullAway.Init")
@Tag("slow")
class TrainingsTest {
  private static final String SETTINGS =
      "'width': 64, 'height': 64, 'batch_size': 1, 'modules': 'attention', 'rank': 2, 'samples':"
          + " false";

  /** A PNG of one black pixel. */
  private static final byte[] DOT =
      Base64.getDecoder()
          .decode(
              "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==");

  @TempDir static Path folder;
  private static Pipeline pipeline;
  private static Served served;
  private static String picture;
  private static int tensors;

  @BeforeAll
  static void start() throws IOException {
    Files.createDirectory(folder.resolve("trained"));
    picture = Base64.getEncoder().encodeToString(png());
    pipeline =
        Pipeline.builder()
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .loraDirectory(folder)
            .precision(Precision.FLOAT32)
            .build();
    tensors = pipeline.liveTensors();
    served = Served.of(pipeline, settings -> settings.trainingDirectory(folder.resolve("trained")));
  }

  @AfterEach
  void nothingIsUnderWay() {
    served.untilIdle();
    assertThat(pipeline.liveTensors()).isEqualTo(tensors);
  }

  @AfterAll
  static void stop() throws IOException {
    List<Path> before = temporaryFolders();
    served.close();
    assertThat(before).isNotEmpty();
    assertThat(temporaryFolders()).isEmpty();
    pipeline.close();
  }

  /** Returns the temporary folders of this test; other processes may be training too. */
  private static List<Path> temporaryFolders() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("sd-training"))
          .filter(TrainingsTest::hasPicture)
          .toList();
    }
  }

  private static boolean hasPicture(Path folder) {
    try {
      return Arrays.equals(
          Files.readAllBytes(folder.resolve("0")), Base64.getDecoder().decode(picture));
    } catch (IOException e) {
      return false; // The folder of another process, without images or deleted meanwhile.
    }
  }

  private static byte[] png() throws IOException {
    BufferedImage image = new BufferedImage(80, 64, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.ORANGE);
    graphics.fillOval(8, 8, 48, 48);
    graphics.dispose();
    // Another process may run this test at the same time, with folders of its own.
    image.setRGB(0, 0, (int) ProcessHandle.current().pid());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static String body(String name, int steps) {
    return "{'name': '%s', 'trigger': 'orb', 'pictures': [{'image': '%s', 'caption': 'an orange orb'}], 'steps': %s, %s}"
        .formatted(name, picture, steps, SETTINGS);
  }

  private static String id(String body) {
    return served.ask("/api/trainings", body).get("id").asText();
  }

  private static JsonNode ended(String id) {
    return served.until(
        "/api/trainings/" + id,
        training -> !List.of("waiting", "running").contains(training.get("state").asText()));
  }

  private static JsonNode delete(String path) {
    return Served.json(served.send(served.request(path).DELETE()));
  }

  @Test
  void training_isAJob_andItsLoraIsInTheLibrary() {
    String id = id(body("small orb", 4).replace("'samples': false", "'sample_every': 2"));
    JsonNode done = ended(id);
    LoraLibrary loras = pipeline.loras();
    assertThat(done.get("state").asText()).as(done.toString()).isEqualTo("done");
    assertThat(done.get("lora").asText()).isEqualTo("small orb");
    byte[] lastSample =
        served.sendForBytes(served.request(done.at("/samples/1/url").asText())).body();
    assertThat(folder.resolve("trained/small orb.png")).hasBinaryContent(lastSample);
    assertThat(served.get("/api/loras/small%20orb").get("preview")).isNotNull();
    assertThat(done.get("try_prompt").asText()).isEqualTo("an orange orb <lora:small orb:1>");
    assertThat(done.get("losses")).hasSize(4);
    assertThat(done.get("losses").get(3).get(0).asInt()).isEqualTo(4);
    assertThat(done.get("losses").get(3).get(1).asDouble()).isPositive();
    assertThat(loras.find("small orb").path())
        .isEqualTo(folder.resolve("trained/small orb.safetensors"));
    assertThat(done.get("samples")).hasSize(2);
    String sample = done.get("samples").get(1).get("url").asText();
    assertThat(served.send(served.request(sample)).statusCode()).isEqualTo(200);
    assertThat(served.get("/api/jobs").get("jobs").findValuesAsText("kind")).contains("training");
    assertThat(
            served.get("/api/trainings/recommended?pictures=5").get("seconds_per_pixel").asDouble())
        .isPositive();
    HttpResponse<String> again = served.send(served.post("/api/trainings", body("small orb", 4)));
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.body()).contains("a LoRA named 'small orb' already exists");
    JsonNode drawn =
        served.ask(
            "/sdapi/v1/txt2img",
            "{'prompt': 'x <lora:small orb:1>', 'width': 64, 'height': 64, 'steps': 1}");
    assertThat(drawn.get("images")).hasSize(1);
    delete("/api/trainings/" + id);
    assertThat(served.send(served.request("/api/trainings/" + id)).statusCode()).isEqualTo(404);
  }

  @Test
  void plan_saysWhatATrainingDoes_andStartsNothing() throws IOException {
    List<Path> before = temporaryFolders();
    JsonNode plan =
        served.ask(
            "/api/trainings/plan",
            body("", 40)
                .replace("'samples': false", "'sample_every': 10, 'sample_weights': [0, 1]"));
    assertThat(plan.get("images").asInt()).isEqualTo(1);
    assertThat(plan.get("buckets").get(0).get("width").asInt()).isEqualTo(64);
    assertThat(plan.get("steps").asInt()).isEqualTo(40);
    assertThat(plan.get("samples").asInt()).isEqualTo(8);
    assertThat(plan.get("memory").asLong()).isPositive();
    assertThat(plan.get("seconds").asDouble()).isPositive();
    assertThat(plan.toString()).doesNotContain("/tmp").doesNotContain("sd-training");
    assertThat(temporaryFolders()).isEqualTo(before);
    assertThat(served.get("/api/trainings").toString()).doesNotContain("'plan'");
    HttpResponse<String> mistake =
        served.send(served.post("/api/trainings/plan", body("", 40).replace("'rank'", "'rnk'")));
    assertThat(mistake.statusCode()).isEqualTo(422);
    assertThat(mistake.body()).contains("unknown field 'rnk'; did you mean 'rank'?");
  }

  @Test
  void report_isAPageWithoutScripts_forFramesOfThisServer() {
    String id =
        id(
            body("reported", 4)
                .replace("'samples': false", "'sample_every': 4, 'sample_weights': [0, 0.5]"));
    JsonNode done = ended(id);
    assertThat(done.get("state").asText()).as(done.toString()).isEqualTo("done");
    assertThat(done.get("samples").findValuesAsText("weight")).containsExactly("0.0", "0.5");
    HttpResponse<String> report = served.send(served.request(done.get("report").asText()));
    assertThat(report.statusCode()).isEqualTo(200);
    assertThat(report.headers().firstValue("Content-Type")).hasValue("text/html;charset=utf-8");
    assertThat(report.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "frame-ancestors 'self'", "sandbox")
        .doesNotContain("allow-scripts");
    assertThat(report.body())
        .contains("<html", "reported")
        .doesNotContain("<script", "/tmp", "sd-training");
    HttpResponse<String> file =
        served.send(served.request(done.get("report").asText() + "?download=true"));
    assertThat(file.headers().firstValue("Content-Disposition").orElseThrow())
        .startsWith("attachment");
    assertThat(served.send(served.request("/api/trainings/none/report")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void masks_ofAnotherSize_areRefused() {
    refused(
        body("bad", 4)
            .replace(
                "'caption'",
                "'mask': '%s', 'caption'".formatted(Base64.getEncoder().encodeToString(DOT))),
        "the mask of image 1 has 1x1 pixels, but the image has 80x64");
  }

  @Test
  void work_beyondLimits_isRefused() {
    refused(
        body("bad", 4)
            .replace("'rank'", "'accumulation': 1024, 'batch_size': 1000, 'rank'")
            .replace("'batch_size': 1,", ""),
        "a step of 'batch_size' 1000 and 'accumulation' 1024 at 64x64 has 4194304000 pixels; the"
            + " limit is 67108864");
    refused(
        body("bad", 1000)
            .replace("'samples': false", "'sample_weights': [0, 1], 'sample_every': 9"),
        "2 samples every 9 of 1000 steps makes 222; the limit is 200, so 'sample_every' must be at"
            + " least 10");
    refused(
        body("bad", 4).replace("'rank'", "'class_prompt': 'x', 'class_count': 501, 'rank'"),
        "field 'class_count' must be at most 500: 501");
    refused(
        body("bad", 5000).replace("'rank'", "'validation': {'every': 1}, 'rank'"),
        "field 'validation.every' makes 5000 measurements in 5000 steps; the limit is 1000");
    refused(
        body("bad", 4).replace("'rank'", "'buckets': {'most': 100000}, 'rank'"),
        "field 'buckets.most' must be at most 8192: 100000");
  }

  @Test
  void cancelled_leavesNoLora_andGoesOnToTheSameFile() throws IOException {
    String id = id(body("long", 24));
    served.until("/api/trainings/" + id, training -> training.get("step").asInt() > 1);
    delete("/api/trainings/" + id);
    JsonNode cancelled = ended(id);
    int step = cancelled.get("resumable_step").asInt();
    assertThat(cancelled.get("state").asText()).isEqualTo("cancelled");
    assertThat(step).isBetween(2, 23);
    assertThat(folder.resolve("trained/long.safetensors")).doesNotExist();
    JsonNode resumed = served.ask("/api/trainings/" + id + "/resume", "{}");
    JsonNode done = ended(resumed.get("id").asText());
    assertThat(done.get("lora").asText()).isEqualTo("long");
    assertThat(done.get("losses").get(0).get(0).asInt()).isEqualTo(1);
    assertThat(done.get("losses")).hasSize(24);
  }

  @Test
  void stoppedToKeep_putsTheLoraOfThatStepIntoTheFolder() {
    String id = id(body("kept", 1000));
    String waits = id(body("behind it", 1000));
    served.until("/api/trainings/" + id, training -> training.get("step").asInt() > 0);
    assertThat(served.get("/api/trainings/" + waits).get("place").asInt()).isEqualTo(1);
    delete("/api/jobs/" + waits);
    delete("/api/trainings/" + id + "?keep=true");
    assertThat(ended(id).get("state").asText()).isEqualTo("cancelled");
    assertThat(pipeline.loras().find("kept").path()).exists();
    assertThat(ended(waits).get("step").asInt()).isZero();
    HttpResponse<String> resume =
        served.send(served.post("/api/trainings/" + waits + "/resume", "{}"));
    assertThat(resume.statusCode()).isEqualTo(409);
  }

  /** It is encoding its image then, which takes longer than a response. */
  @Test
  void goingOn_stoppedBeforeItsFirstStep_losesNothing() {
    String id = id(body("early", 1000));
    served.until("/api/trainings/" + id, training -> training.get("step").asInt() > 0);
    delete("/api/trainings/" + id);
    int step = ended(id).get("resumable_step").asInt();
    String again = resumed(id);
    delete("/api/trainings/" + again);
    assertThat(ended(again).get("resumable_step").asInt()).isGreaterThanOrEqualTo(step);
    String kept = resumed(again);
    delete("/api/trainings/" + kept + "?keep=true");
    assertThat(ended(kept).path("lora").asText()).isEqualTo("early");
    assertThat(pipeline.loras().find("early").path()).exists();
  }

  private static String resumed(String id) {
    return served.ask("/api/trainings/" + id + "/resume", "{}").get("id").asText();
  }

  @Test
  void mistakes_areToldAtOnce_andLeaveNothing() throws IOException {
    List<Path> before = temporaryFolders();
    for (String name : List.of("", "../up", ".hidden", "a:b", "con", "x<y", "ends.", "a/b")) {
      HttpResponse<String> answer = served.send(served.post("/api/trainings", body(name, 4)));
      assertThat(answer.statusCode()).as(name).isEqualTo(422);
      assertThat(answer.body()).contains("field 'name'");
    }
    refused(
        body("bad", 4).replace("'rank': 2", "'rank': 0"), "field 'rank' must be from 1 to 1024: 0");
    refused(body("bad", 0), "field 'steps' must be from 1");
    refused(body("bad", 4).replace("attention", "all"), "field 'modules'");
    refused(body("bad", 4).replace(picture, "aGVsbG8="), "image 1 cannot be read");
    refused(body("bad", 4).replace(picture, "picture:gone"), "picture:gone");
    refused("{'name': 'bad', 'pictures': []}", "from 1 to 1000 images: 0");
    refused(
        body("bad", 4).replace("orb", "").replace("an orange ", ""), "trigger word or captions");
    refused(body("bad", 4).replace("'width': 64", "'width': 99992"), "pixels");
    refused(
        body("bad", 4).replace("'batch_size': 1,", "'batch_size': 1000000000,"),
        "a step of 'batch_size' 1000000000 at 64x64 has 4096000000000 pixels; the limit is"
            + " 4194304");
    refused(
        body("bad", 1000).replace("'samples': false", "'sample_every': 4"),
        "makes 250; the limit is 200, so 'sample_every' must be at least 5");
    refused(
        body("bad", 4).replace("an orange orb", "orb ".repeat(2501)),
        "field 'pictures[0].caption' has 10003 characters; the limit is 10000");
    refused(
        body("bad", 4)
            .replace("'rank'", "'notes': [%s 1], 'rank'".formatted("'%s',".repeat(14)))
            .replace("%s", "x".repeat(19_000)),
        "characters without its images; the limit is 262144");
    assertThat(temporaryFolders()).isEqualTo(before);
    assertThat(folder.resolve("trained/bad.safetensors")).doesNotExist();
  }

  @Test
  void picture_namedManyTimes_isKeptOnce() throws IOException {
    List<Path> before = temporaryFolders();
    String pictures = "{'image': '%s', 'caption': 'an orb'},".formatted(picture).repeat(40);
    String id =
        id(
            "{'name': 'forty', 'trigger': 'orb', 'pictures': [%s], 'steps': 1000, %s}"
                .formatted(pictures.substring(0, pictures.length() - 1), SETTINGS));
    List<Path> folders = new ArrayList<>(temporaryFolders());
    folders.removeAll(before);
    assertThat(folders).hasSize(1);
    try (Stream<Path> files = Files.list(folders.get(0))) {
      assertThat(
              files.map(file -> String.valueOf(file.getFileName())).filter(TrainingsTest::isNumber))
          .containsExactly("0");
    }
    delete("/api/trainings/" + id);
    assertThat(ended(id).get("state").asText()).isEqualTo("cancelled");
  }

  private static boolean isNumber(String name) {
    return name.matches("\\d+");
  }

  private static void refused(String body, String sentence) {
    HttpResponse<String> answer = served.send(served.post("/api/trainings", body));
    assertThat(answer.statusCode()).as(answer.body()).isIn(413, 422);
    assertThat(Objects.requireNonNull(Served.json(answer.body()).get("detail")).asText())
        .contains(sentence)
        .doesNotContain("/tmp");
  }

  @Test
  void pictures_sentBefore_canBeNamed() {
    byte[] file = Base64.getDecoder().decode(picture);
    JsonNode sent =
        Served.json(
            served.send(served.request("/api/pictures").POST(BodyPublishers.ofByteArray(file))));
    String id = id(body("named", 1).replace(picture, sent.get("reference").asText()));
    assertThat(ended(id).get("lora").asText()).isEqualTo("named");
  }
}
