package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.SegmentationModel;
import dev.sdlora.request.image.Base64Images;
import java.awt.Point;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Masks of the things at points of an image. */
@SuppressWarnings("NullAway.Init")
class PointMasksTest {
  private static final SubjectMasks MODEL = new SubjectMasks();
  private static final byte[] PNG =
      Base64Images.png(Image.of(8, 4, new byte[3 * 8 * 4]).toBufferedImage());

  private static Pipeline pipeline;
  private static Served served;

  @BeforeAll
  static void start() {
    pipeline = Served.pipeline(1);
    served = Served.of(pipeline, settings -> settings.maxPixels(4096).segmentation(MODEL));
  }

  @AfterAll
  static void stop() {
    served.close();
    pipeline.close();
  }

  private static String body(String points) {
    return "{'image': '%s', %s}".formatted(Base64.getEncoder().encodeToString(PNG), points);
  }

  @Test
  void mask_ofPoints_isAPng_whiteOnTheThing() {
    HttpResponse<byte[]> answer =
        served.sendForBytes(
            served.post("/v1/masks", body("'inside': [[5.9, 1], [0, 3]], 'outside': [[1, 2]]")));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith("image/png");
    Image mask = Image.read(new ByteArrayInputStream(answer.body()));
    assertThat(mask)
        .isEqualTo(
            new SubjectMasks()
                .mask(Image.of(8, 4, new byte[3 * 8 * 4]), List.of(new Point(5, 1)), List.of()));
    assertThat(MODEL.asked()).contains(List.of(new Point(5, 1), new Point(0, 3), new Point(1, 2)));
  }

  @Test
  void mask_ofAnUpload_isAnsweredToo() {
    JsonNode sent =
        Served.json(
            served.send(served.request("/api/pictures").POST(BodyPublishers.ofByteArray(PNG))));
    HttpResponse<byte[]> answer =
        served.sendForBytes(
            served.post(
                "/v1/masks",
                "{'image': '%s', 'inside': [[0, 0]]}".formatted(sent.get("reference").asText())));
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'inside': [[8, 0]] | must be in the image of 8x4 pixels: [8,0]",
        "'inside': [[-1, 0]] | must be in the image of 8x4 pixels",
        "'inside': [[1]] | must be two numbers",
        "'inside': [['a', 1]] | must be two numbers",
        "'inside': 5 | must be a list",
        "'inside': [] | at least one of them inside: 0 and 0",
        "'outside': [[1, 1]] | field 'inside' is missing",
        "'inside': [[1e400, 1]] | field",
      })
  void badPoints_areTold(String points, String sentence) {
    HttpResponse<String> answer = served.send(served.post("/v1/masks", body(points)));
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(Served.json(answer.body()).at("/error/message").asText()).contains(sentence);
  }

  @Test
  void tooManyPoints_areRefused() {
    String many = IntStream.range(0, 101).mapToObj(i -> "[1,1]").collect(Collectors.joining(","));
    assertThat(served.send(served.post("/v1/masks", body("'inside': [" + many + "]"))).statusCode())
        .isEqualTo(400);
  }

  @Test
  void badImages_areTold() {
    HttpResponse<String> none = served.send(served.post("/v1/masks", "{'inside': [[1, 1]]}"));
    HttpResponse<String> text =
        served.send(served.post("/v1/masks", "{'image': 'aGVsbG8=', 'inside': [[1, 1]]}"));
    byte[] large = Base64Images.png(Image.of(100, 50, new byte[3 * 5000]).toBufferedImage());
    HttpResponse<String> pixels =
        served.send(
            served.post(
                "/v1/masks",
                "{'image': '%s', 'inside': [[1, 1]]}"
                    .formatted(Base64.getEncoder().encodeToString(large))));
    assertThat(none.body()).contains("field 'image' is missing");
    assertThat(text.body()).contains("format");
    assertThat(pixels.statusCode()).isEqualTo(413);
  }

  @Test
  void noModel_isTold() {
    try (Served plain = Served.of(pipeline)) {
      HttpResponse<String> answer = plain.send(plain.post("/v1/masks", body("'inside': [[1, 1]]")));
      assertThat(answer.statusCode()).isEqualTo(501);
      assertThat(answer.body()).contains("no segmentation model");
      assertThat(plain.get("/api/model").get("masks").asBoolean()).isFalse();
      assertThat(served.get("/api/model").get("masks").asBoolean()).isTrue();
    }
  }

  @Test
  void manyAtOnce_waitForEachOther_upToALimit() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    SegmentationModel slow =
        (image, inside, outside) -> {
          begun.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return image;
        };
    try (Served busy = Served.of(pipeline, settings -> settings.segmentation(slow))) {
      List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
      asked.add(busy.sendAsync(busy.post("/v1/masks", body("'inside': [[1, 1]]"))));
      begun.await();
      for (int i = 0; i < 8; i++) {
        asked.add(busy.sendAsync(busy.post("/v1/masks", body("'inside': [[1, 1]]"))));
      }
      CompletableFuture.anyOf(asked.toArray(CompletableFuture[]::new)).join();
      go.countDown();
      List<Integer> statuses =
          asked.stream().map(answer -> answer.join().statusCode()).sorted().toList();
      assertThat(statuses).containsExactly(200, 200, 200, 200, 200, 200, 200, 200, 429);
    }
  }

  @Test
  void serverCloses_afterTheMaskThatIsBeingMade() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    List<String> made = Collections.synchronizedList(new ArrayList<>());
    SegmentationModel slow =
        (image, inside, outside) -> {
          begun.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          made.add("mask");
          return image;
        };
    Served closing = Served.of(pipeline, settings -> settings.segmentation(slow));
    CompletableFuture<HttpResponse<String>> first =
        closing.sendAsync(closing.post("/v1/masks", body("'inside': [[1, 1]]")));
    begun.await();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(closing::close);
    go.countDown();
    closed.join();
    assertThat(made).containsExactly("mask");
    assertThat(first.join().statusCode()).isEqualTo(200);
  }

  @Test
  void modelFails_isTold_andTheNextMaskIsMade() {
    SegmentationModel failing =
        (image, inside, outside) -> {
          if (outside.isEmpty()) {
            throw new IllegalStateException("no memory");
          }
          return image;
        };
    try (Served broken = Served.of(pipeline, settings -> settings.segmentation(failing))) {
      assertThat(broken.send(broken.post("/v1/masks", body("'inside': [[1, 1]]"))).statusCode())
          .isGreaterThanOrEqualTo(500);
      assertThat(
              broken
                  .send(broken.post("/v1/masks", body("'inside': [[1, 1]], 'outside': [[2, 2]]")))
                  .statusCode())
          .isEqualTo(200);
    }
  }
}
