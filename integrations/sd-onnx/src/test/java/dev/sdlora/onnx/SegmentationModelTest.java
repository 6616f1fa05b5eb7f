package dev.sdlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.SegmentationModel;
import java.awt.Point;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests masks against OpenCV; the README of the resources says how. */
class SegmentationModelTest {
  private static SegmentationModel open(String kind) {
    String decoder = kind.equals("planes") ? "sam" : kind;
    return SegmentationModel.open(
        Resources.file(kind + "-encoder.onnx"), Resources.file(decoder + "-decoder.onnx"));
  }

  @ParameterizedTest
  @CsvSource({
    "sam, wide, one", "sam, tall, one", "sam, small, one",
    "sam, wide, three", "sam, tall, three", "sam, small, three",
    "sam2, wide, one", "sam2, tall, one", "sam2, small, one",
    "sam2, wide, three", "sam2, tall, three", "sam2, small, three",
    "planes, wide, one", "planes, tall, one", "planes, small, one",
    "planes, wide, three", "planes, tall, three", "planes, small, three",
  })
  void mask_points_equalsReference(String kind, String image, String points) {
    List<Point> inside =
        points.equals("one")
            ? List.of(new Point(30, 25))
            : List.of(new Point(12, 8), new Point(20, 25));
    List<Point> outside = points.equals("one") ? List.of() : List.of(new Point(1, 30));
    try (SegmentationModel model = open(kind)) {
      Image mask = model.mask(Resources.image(image), inside, outside);
      Image expected = Resources.image("mask.%s.%s.%s".formatted(image, points, kind));
      assertThat(mask.toString()).isEqualTo(expected.toString());
      byte[] found = mask.rgb();
      byte[] wanted = expected.rgb();
      int other = 0;
      for (int i = 0; i < found.length; i++) {
        assertThat(found[i]).isIn((byte) 0, (byte) 255);
        other += found[i] == wanted[i] ? 0 : 1;
      }
      // Values next to zero depend on the order of sums.
      assertThat(other).isLessThanOrEqualTo(found.length / 200);
    }
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"sam", "sam2"})
  void mask_strangeSizes_work(String kind) {
    try (SegmentationModel model = open(kind)) {
      for (Image image :
          List.of(
              Resources.plain(1, 1, 9),
              Resources.plain(4096, 16, 9),
              Resources.plain(3000, 2000, 9))) {
        Image mask = model.mask(image, List.of(new Point(0, 0)), List.of());
        assertThat(mask).isEqualTo(Resources.plain(image.width(), image.height(), 255));
      }
    }
  }

  @Tag("slow")
  @Test
  void mask_manyThreadsAndImages_areThoseOfOne() throws Exception {
    List<Image> images =
        List.of(Resources.image("wide"), Resources.image("tall"), Resources.image("small"));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (SegmentationModel model = open("sam")) {
      List<Point> at = List.of(new Point(30, 25));
      List<Image> expected =
          images.stream().map(image -> model.mask(image, at, List.of())).toList();
      List<Future<Image>> made = new ArrayList<>();
      for (int i = 0; i < 24; i++) {
        Image image = images.get(i % 3);
        made.add(threads.submit(() -> model.mask(image, at, List.of())));
      }
      for (int i = 0; i < made.size(); i++) {
        assertThat(made.get(i).get()).isEqualTo(expected.get(i % 3));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void mask_badPoints_areRefused() {
    Image image = Resources.image("small");
    List<Point> at = List.of(new Point(3, 3));
    try (SegmentationModel model = open("sam")) {
      assertThatThrownBy(() -> model.mask(image, List.of(), at))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("inside must have at least one point");
      assertThatThrownBy(() -> model.mask(image, List.of(new Point(40, 0)), List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("inside must have points of the image of 40x33 pixels: 40, 0");
      assertThatThrownBy(() -> model.mask(image, at, List.of(new Point(0, -1))))
          .hasMessageContaining("outside must have points of the image");
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> model.mask(image, at, List.of()))
          .isInstanceOf(GenerationCancelledException.class);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void mask_afterClose_isRefused() {
    SegmentationModel model = open("sam");
    model.close();
    assertThatThrownBy(
            () -> model.mask(Resources.image("small"), List.of(new Point(3, 3)), List.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("network 'sam-encoder' is closed");
  }

  @Test
  void open_otherFiles_saysWhich() {
    Path encoder = Resources.file("sam-encoder.onnx");
    Path decoder = Resources.file("sam-decoder.onnx");
    assertThatThrownBy(() -> SegmentationModel.open(decoder, encoder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("sam-decoder.onnx' is not an image encoder of SAM");
    assertThatThrownBy(() -> SegmentationModel.open(encoder, encoder))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("sam-encoder.onnx' is not a mask decoder of SAM")
        .hasMessageContaining("reads input_image [-1, -1, 3]");
    assertThatThrownBy(() -> SegmentationModel.open(encoder, Resources.file("sam2-decoder.onnx")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(
            "is not the mask decoder for an image encoder that returns image_emb");
    assertThatThrownBy(() -> SegmentationModel.open(encoder, Path.of("none.onnx")))
        .isInstanceOf(TensorFileException.class);
  }
}
