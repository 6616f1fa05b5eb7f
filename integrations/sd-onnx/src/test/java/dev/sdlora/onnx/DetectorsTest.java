package dev.sdlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Detector.Found;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.CurrentWork;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests detectors against OpenCV and NumPy; the README of the resources says how. */
class DetectorsTest {
  /** The finds in an image: lines of edges, confidence, area of the outline if any, and label. */
  record Case(String detector, String image, double confidence, List<String> finds) {
    @Override
    public String toString() {
      return detector + " " + image + " " + confidence;
    }
  }

  static List<Case> cases() throws IOException {
    List<Case> cases = new ArrayList<>();
    List<String> lines = Files.readAllLines(Resources.file("finds.txt"));
    for (int at = 0; at < lines.size(); ) {
      String[] head = lines.get(at).split(" ", 4);
      int number = Integer.parseInt(head[3]);
      cases.add(
          new Case(
              head[0],
              head[1],
              Double.parseDouble(head[2]),
              lines.subList(at + 1, at + 1 + number)));
      at += 1 + number;
    }
    return cases;
  }

  private static Detector open(String name) {
    return Detector.open(Resources.file(name + ".onnx"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void find_image_equalsReference(Case expected) {
    try (Detector detector = open(expected.detector)) {
      assertThat(detector.name()).isEqualTo(expected.detector);
      assertThat(detector.labels()).containsAll(labels(expected));
      requireEqual(expected, detector.find(Resources.image(expected.image), expected.confidence));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void find_byFileForAnySize_equalsReference(Case expected) {
    if (expected.detector.equals("yunet")) {
      try (Detector detector = open("yunet-dynamic")) {
        requireEqual(expected, detector.find(Resources.image(expected.image), expected.confidence));
      }
    }
  }

  private static void requireEqual(Case expected, List<Found> found) {
    assertThat(found).hasSameSizeAs(expected.finds);
    for (int i = 0; i < found.size(); i++) {
      List<String> parts = Arrays.asList(expected.finds.get(i).split(" ", 6));
      Found each = found.get(i);
      double[] values = {each.left(), each.top(), each.right(), each.bottom(), each.confidence()};
      for (int k = 0; k < values.length; k++) {
        double wanted = Double.parseDouble(parts.get(k));
        assertThat(values[k]).as("find %s: %s", i, each).isCloseTo(wanted, within(2e-3));
      }
      String label = parts.get(5);
      if (each.mask().isPresent()) {
        String[] areaAndLabel = label.split(" ", 2);
        label = areaAndLabel[1];
        // Values next to zero depend on the order of sums.
        assertThat(white(each.mask().get()))
            .isCloseTo(Integer.parseInt(areaAndLabel[0]), within(3L));
      }
      assertThat(each.label()).isEqualTo(label);
    }
  }

  private static List<String> labels(Case expected) {
    return expected.finds.stream().map(find -> find.replaceFirst("^([-\\d.]+ )+", "")).toList();
  }

  private static long white(Image mask) {
    long white = 0;
    for (byte level : mask.rgb()) {
      white += level == 0 ? 0 : 1;
    }
    return white / 3;
  }

  @ParameterizedTest
  @CsvSource({"wide, 0.3, 0", "wide, 0.3, 1", "small, 0.6, 0", "tall, 0.3, 1"})
  void outline_equalsReference(String image, double confidence, int index) {
    try (Detector detector = open("yolo-seg")) {
      Image mask =
          detector.find(Resources.image(image), confidence).get(index).mask().orElseThrow();
      byte[] found = mask.rgb();
      byte[] wanted = Resources.image("outline.%s.%s.%s".formatted(image, confidence, index)).rgb();
      int other = 0;
      for (int i = 0; i < wanted.length; i += 3) {
        other += found[i] == wanted[i] ? 0 : 1;
      }
      assertThat(other).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void find_largeImage_isReducedToTheInput() {
    Image red = block(2560, 1280, 640, 320, 512);
    for (String name : List.of("yunet", "yunet-dynamic", "yolo")) {
      try (Detector detector = open(name)) {
        Found best = detector.find(red, 0.5).get(0);
        assertThat((best.left() + best.right()) / 2).as(name).isBetween(640.0, 1152.0);
        assertThat((best.top() + best.bottom()) / 2).as(name).isBetween(320.0, 832.0);
      }
    }
  }

  /** A red square on black. */
  private static Image block(int width, int height, int left, int top, int side) {
    byte[] rgb = new byte[3 * width * height];
    for (int y = top; y < top + side; y++) {
      for (int x = left; x < left + side; x++) {
        rgb[3 * (y * width + x)] = (byte) 255;
      }
    }
    return Image.of(width, height, rgb);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yunet", "yunet-dynamic", "yolo", "yolo-seg", "yolo-final"})
  void find_strangeSizes_work(String name) {
    try (Detector detector = open(name)) {
      for (Image image :
          List.of(
              Resources.plain(1, 1, 200),
              Resources.plain(4096, 16, 0),
              Resources.plain(3, 3000, 255))) {
        for (Found each : detector.find(image, 0)) {
          assertThat(each.left()).isNotNegative();
          assertThat(each.right()).isLessThanOrEqualTo(image.width());
          assertThat(each.bottom()).isLessThanOrEqualTo(image.height());
        }
      }
      assertThatThrownBy(() -> detector.find(Resources.plain(8, 8, 0), 1.5))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("confidence");
    }
  }

  @Test
  void find_noNames_numbersAreLabels() {
    try (Detector detector = open("yolo-nameless")) {
      assertThat(detector.labels()).isEmpty();
      assertThat(detector.find(Resources.image("wide"), 0.6).get(0).label()).isEqualTo("0");
    }
  }

  @Test
  void find_eightThreads_findTheSame() throws Exception {
    Image image = Resources.image("wide");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Detector detector = open("yolo-seg")) {
      List<Found> expected = detector.find(image, 0.3);
      List<Future<List<Found>>> found = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        found.add(threads.submit(() -> detector.find(image, 0.3)));
      }
      for (Future<List<Found>> each : found) {
        assertThat(each.get()).isEqualTo(expected);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void find_afterClose_isRefused() {
    Detector detector = open("yolo");
    detector.close();
    detector.close();
    assertThatThrownBy(() -> detector.find(Resources.image("wide"), 0.3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("network 'yolo' is closed");
  }

  @Test
  void find_interruptedThread_stops() {
    Image image = Resources.image("wide");
    try (Detector detector = open("yolo")) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> detector.find(image, 0.3))
          .isInstanceOf(GenerationCancelledException.class)
          .hasMessageContaining("network 'yolo' did not run to its end");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(detector.find(image, 0.3)).isNotEmpty();
    }
  }

  /** The network counts for days. */
  @Test
  @Timeout(600)
  void find_interruptedWhileItRuns_stops() throws Exception {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    try (Detector detector = open("endless")) {
      CountDownLatch started = new CountDownLatch(1);
      Thread thread =
          new Thread(
              () -> {
                started.countDown();
                thrown.set(catchThrowable(() -> detector.find(Resources.plain(64, 64, 9), 0.5)));
              });
      thread.start();
      started.await();
      thread.interrupt();
      thread.join();
    }
    assertThat(thrown.get())
        .isInstanceOf(GenerationCancelledException.class)
        .hasMessageContaining("network 'endless' did not run to its end");
  }

  @Test
  void find_requestCancelledWhileItRuns_stops() {
    AtomicInteger asked = new AtomicInteger();
    try (Detector detector = open("endless")) {
      assertThatThrownBy(
              () ->
                  CurrentWork.until(
                      () -> asked.incrementAndGet() > 3,
                      () -> detector.find(Resources.plain(64, 64, 9), 0.5)))
          .isInstanceOf(GenerationCancelledException.class);
    }
  }
}
