package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Images kept in a folder or with their jobs. */
@SuppressWarnings("NullAway.Init")
class GalleryTest {
  /** A fixed moment for the ages of files, however long a test takes. */
  private final Instant begin = Instant.now();

  private static final String SMALL =
      "{'prompt': 'a red star', 'width': 72, 'height': 72, 'steps': 1, 'seed': 7, 'n_iter': 2}";
  private static Pipeline pipeline;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
  }

  @AfterAll
  static void stop() {
    pipeline.close();
  }

  private Served served() {
    return Served.of(pipeline, settings -> settings.results(folder.toString()));
  }

  /** Not even root can create files in /proc. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void results_thatCannotBeWritten_areRefused() throws IOException {
    SdServerBuilder builder = SdServer.builder(pipeline);
    assertThatThrownBy(() -> builder.results("/proc"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot write to the results folder '/proc': no such file or folder");
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> builder.results(file.toString()))
        .hasMessage("cannot create the results folder '%s': a file with this name exists", file);
  }

  private static JsonNode draw(Served served, String body) {
    String id = served.ask("/api/jobs", body).get("id").asText();
    return served.until("/api/jobs/" + id, job -> !job.get("state").asText().matches("[wr].*"));
  }

  private static List<String> names(JsonNode list) {
    return list.get("pictures").findValuesAsText("name");
  }

  private static HttpResponse<byte[]> bytes(Served served, String path) {
    return HttpClient.newHttpClient()
        .sendAsync(served.request(path).build(), BodyHandlers.ofByteArray())
        .join();
  }

  private void write(String name, int side, String parameters, int age) throws IOException {
    Path file = folder.resolve(name);
    new GeneratedImage(Image.of(side, side, new byte[side * side * 3]), 1, parameters).save(file);
    Files.setLastModifiedTime(file, FileTime.from(begin.minusSeconds(age)));
  }

  @Test
  void jobs_areWrittenWithTheirSettings_andShown() throws IOException {
    try (Served served = served()) {
      JsonNode job = draw(served, SMALL);
      List<Path> files;
      try (Stream<Path> inside = Files.walk(folder)) {
        files = inside.filter(Files::isRegularFile).sorted().toList();
      }
      JsonNode list = served.get("/api/gallery");
      String newest = names(list).get(0);
      byte[] thumbnail = bytes(served, "/api/gallery/" + newest + "/thumbnail").body();
      JsonNode settings = served.get("/api/gallery/" + newest + "/settings");
      assertThat(job.get("warnings")).isEmpty();
      assertThat(files).hasSize(2);
      assertThat(folder.relativize(files.get(0)).toString())
          .matches("\\d{4}-\\d{2}-\\d{2}/" + job.get("id").asText() + "-0\\.png");
      assertThat(GeneratedImage.readInfotext(files.get(1))).contains("a red star", "Seed: 8");
      assertThat(list.get("total").asInt()).isEqualTo(2);
      assertThat(list.get("pictures").get(0).get("width").asInt()).isEqualTo(72);
      assertThat(bytes(served, "/api/gallery/" + newest).body())
          .isEqualTo(Files.readAllBytes(files.get(1)));
      assertThat(ImageIO.read(new ByteArrayInputStream(thumbnail)).getWidth()).isEqualTo(72);
      assertThat(settings.get("settings").get("prompt").asText()).isEqualTo("a red star");
    }
  }

  /** Writes a PNG of a few kilobytes whose settings unpack to 16 MB. */
  private void writePacked(String name) throws IOException {
    write(name, 8, "Steps: 1", 60);
    byte[] png = Files.readAllBytes(folder.resolve(name));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes("zTXtparameters\0\0".getBytes(StandardCharsets.ISO_8859_1));
    try (OutputStream packed = new DeflaterOutputStream(data)) {
      packed.write(new byte[16 << 20]);
    }
    CRC32 checksum = new CRC32();
    checksum.update(data.toByteArray());
    byte[] file =
        ByteBuffer.allocate(png.length + 8 + data.size())
            .put(png, 0, 33)
            .putInt(data.size() - 4)
            .put(data.toByteArray())
            .putInt((int) checksum.getValue())
            .put(png, 33, png.length - 33)
            .array();
    Files.write(folder.resolve(name), file);
  }

  @Tag("slow")
  @Test
  void picturesWithHugeTexts_areListedWithout() throws IOException {
    for (int i = 0; i < 20; i++) {
      writePacked("bomb-" + i + ".png");
    }
    write("whole.png", 8, "a cat\nSteps: 1", 0);
    try (Served served = served()) {
      JsonNode list = served.get("/api/gallery");
      assertThat(list.get("total").asInt()).isEqualTo(21);
      assertThat(list.toString()).contains("a cat").hasSizeLessThan(10_000);
    }
  }

  @Test
  void save_thatTheClientDoesNotWant_isLeftOut() throws IOException {
    try (Served served = served()) {
      served.ask("/sdapi/v1/txt2img", SMALL.replace("}", ", 'save_images': false}"));
      assertThat(served.get("/api/gallery").get("total").asInt()).isZero();
    }
  }

  @Tag("slow")
  @Test
  void folderThatTakesNothing_isAWarning() throws IOException {
    try (Served served = served()) {
      Files.delete(folder);
      JsonNode job = draw(served, SMALL);
      Files.createDirectory(folder);
      assertThat(job.get("state").asText()).isEqualTo("done");
      assertThat(job.get("images")).hasSize(2);
      assertThat(job.get("warnings")).hasSize(1);
      assertThat(job.get("warnings").get(0).asText())
          .contains("could not be saved")
          .doesNotContain(folder.toString());
    }
  }

  @Test
  void list_followsTheFolder_newestFirst_bySettings() throws IOException {
    write("old.png", 8, "a cat\nSteps: 5, Seed: 3", 100);
    write("new.png", 600, "a dog\nSteps: 5, Seed: 4", 10);
    ImageIO.write(
        new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB),
        "png",
        folder.resolve("bare.png").toFile());
    Files.setLastModifiedTime(folder.resolve("bare.png"), FileTime.from(begin.minusSeconds(8)));
    Files.writeString(folder.resolve("damaged.png"), "no picture");
    Files.createDirectory(folder.resolve("folder.png"));
    try (Served served = served()) {
      assertThat(names(served.get("/api/gallery")))
          .containsExactly("bare.png", "new.png", "old.png");
      assertThat(served.get("/api/gallery/bare.png/settings").has("reason")).isTrue();
      assertThat(names(served.get("/api/gallery?from=2&count=5"))).containsExactly("old.png");
      assertThat(names(served.get("/api/gallery?search=STEPS+cat"))).containsExactly("old.png");
      assertThat(names(served.get("/api/gallery?search=cat+dog"))).isEmpty();
      assertThat(served.send(served.request("/api/gallery?from=x")).statusCode()).isEqualTo(422);
      byte[] small = bytes(served, "/api/gallery/new.png/thumbnail").body();
      assertThat(ImageIO.read(new ByteArrayInputStream(small)).getWidth()).isEqualTo(256);
      write("new.png", 8, "a fox\nSteps: 5, Seed: 4", 9);
      write("third.png", 8, "a hen\nSteps: 5, Seed: 4", 0);
      Files.delete(folder.resolve("old.png"));
      assertThat(names(served.get("/api/gallery")))
          .containsExactly("third.png", "bare.png", "new.png");
      assertThat(names(served.get("/api/gallery?search=fox"))).containsExactly("new.png");
      byte[] smaller = bytes(served, "/api/gallery/new.png/thumbnail").body();
      assertThat(ImageIO.read(new ByteArrayInputStream(smaller)).getWidth()).isEqualTo(8);
      assertThat(served.send(served.request("/api/gallery/third.png").DELETE()).statusCode())
          .isEqualTo(204);
      assertThat(folder.resolve("third.png")).doesNotExist();
      assertThat(served.send(served.request("/api/gallery/third.png").DELETE()).statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void names_areNoPaths() throws IOException {
    Path secret = folder.resolveSibling("secret.png");
    new GeneratedImage(Image.of(8, 8, new byte[192]), 1, "x\nSteps: 5, Seed: 3").save(secret);
    Files.createSymbolicLink(folder.resolve("link.png"), secret);
    try (Served served = served()) {
      for (String name : List.of("../secret.png", secret.toString(), "link.png", "..", "%00")) {
        String path = "/api/gallery/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
        assertThat(bytes(served, path).statusCode()).isBetween(400, 404);
        assertThat(served.send(served.request(path).DELETE()).statusCode()).isBetween(400, 404);
      }
      assertThat(secret).exists();
    } finally {
      Files.deleteIfExists(secret);
    }
  }

  @Test
  void withoutFolder_jobsAreTheGallery() {
    try (Served served = Served.of(pipeline)) {
      JsonNode job = draw(served, SMALL);
      String id = job.get("id").asText();
      assertThat(names(served.get("/api/gallery"))).containsExactly(id + "-1.png", id + "-0.png");
      served.send(served.request("/api/gallery/" + id + "-1.png").DELETE());
      assertThat(names(served.get("/api/gallery"))).containsExactly(id + "-0.png");
      assertThat(bytes(served, "/api/gallery/" + id + "-0.png").statusCode()).isEqualTo(200);
      served.send(served.request("/api/gallery/" + id + "-0.png").DELETE());
      assertThat(served.get("/api/jobs").get("jobs")).isEmpty();
    }
  }
}
