package dev.sdlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests preprocessors with networks against OpenCV; the README of the resources says how. */
class PreprocessorsTest {
  private static final Pattern GOLDEN = Pattern.compile("(\\w+)\\.(\\w+)@(\\d+)\\.png");

  private static Path folder() {
    return Resources.folder().resolve("control");
  }

  private static Preprocessor here(Preprocessor preprocessor) {
    return preprocessor.withDirectory(folder());
  }

  static List<String> goldens() throws IOException {
    try (Stream<Path> files = Files.list(folder())) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> GOLDEN.matcher(name).matches())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void apply_image_equalsReference(String golden) {
    Matcher name = GOLDEN.matcher(golden);
    assertThat(name.matches()).isTrue();
    Preprocessor preprocessor =
        here(Preprocessor.named(name.group(2)).withResolution(Integer.parseInt(name.group(3))));
    Image made = preprocessor.apply(Resources.image(name.group(1)));
    Image expected = Image.read(folder().resolve(golden));
    assertThat(made.toString()).isEqualTo(expected.toString());
    byte[] found = made.rgb();
    byte[] wanted = expected.rgb();
    boolean isDrawn = List.of("dw_openpose_full", "scribble_hed").contains(preprocessor.name());
    int other = 0;
    int drawn = 0;
    for (int i = 0; i < found.length; i++) {
      int difference = Math.abs((found[i] & 0xff) - (wanted[i] & 0xff));
      other += difference > (isDrawn ? 0 : 1) ? 1 : 0;
      drawn += wanted[i] == 0 ? 0 : 1;
    }
    // Networks and interpolations round differently; outlines of shapes differ by single pixels.
    assertThat((double) other / (isDrawn ? drawn : found.length)).isLessThan(isDrawn ? 0.03 : 1e-3);
  }

  static List<Preprocessor> networks() {
    return List.of(
        Preprocessor.DEPTH_ANYTHING_V2,
        Preprocessor.DW_OPENPOSE_FULL,
        Preprocessor.SOFTEDGE_HED,
        Preprocessor.SCRIBBLE_HED,
        Preprocessor.LINEART_REALISTIC);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void apply_strangeSizes_work(Preprocessor preprocessor) {
    Image pixel = here(preprocessor).apply(Resources.plain(1, 1, 200));
    assertThat(pixel.width()).isEqualTo(1);
    Image line = here(preprocessor).apply(Resources.plain(4096, 16, 60));
    assertThat(line.width()).isEqualTo(4096);
    assertThat(line.height()).isEqualTo(16);
    assertThatThrownBy(
            () -> here(preprocessor).withResolution(512).apply(Resources.plain(4096, 16, 60)))
        .isInstanceOf(ResourceException.class)
        .hasMessageContaining("131072x512 pixels");
  }

  @Test
  void apply_plainDepth_isBlack() {
    Image flat = here(Preprocessor.DEPTH_ANYTHING_V2).apply(Resources.plain(64, 64, 100));
    assertThat(flat).isEqualTo(Resources.plain(64, 64, 0));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void apply_noFolderOrFile_saysWhatIsMissing(Preprocessor preprocessor) {
    Image image = Resources.plain(64, 64, 0);
    assertThatThrownBy(() -> preprocessor.apply(image))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("preprocessor '" + preprocessor.name() + "' runs a network")
        .hasMessageContaining(".onnx'; set it with Preprocessor.withDirectory");
    assertThatThrownBy(() -> preprocessor.withDirectory(Path.of("nowhere")).apply(image))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("not in 'nowhere'");
  }

  @Test
  void apply_otherNetwork_namesItsOutputs(@TempDir Path folder) throws IOException {
    Path detector = Resources.file("yolo.onnx");
    for (String name :
        List.of("depth_anything_v2.onnx", "hed.onnx", "lineart.onnx", "yolox.onnx")) {
      Files.copy(detector, folder.resolve(name));
    }
    Files.copy(folder().resolve("dw-ll_ucoco_384.onnx"), folder.resolve("dw-ll_ucoco.onnx"));
    for (Preprocessor each : networks()) {
      assertThatThrownBy(() -> each.withDirectory(folder).apply(Resources.plain(64, 64, 9)))
          .isInstanceOf(CheckpointException.class)
          .hasMessageContaining("is not")
          .hasMessageContaining("reads images [1, 3, 64, 64] and returns output0 [1, 6, 64]");
    }
    Files.writeString(folder.resolve("hed.onnx"), "text");
    assertThatThrownBy(
            () -> Preprocessor.SOFTEDGE_HED.withDirectory(folder).apply(Resources.plain(64, 64, 9)))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("is not an ONNX file");
  }

  @Test
  void available_folders_decide(@TempDir Path folder) throws IOException {
    assertThat(Preprocessor.available(List.of())).doesNotContainAnyElementsOf(networks());
    assertThat(Preprocessor.available(List.of(folder, Path.of("nowhere"))))
        .isEqualTo(Preprocessor.available(List.of()));
    Path inside = Files.createDirectories(folder.resolve("Depth-Anything-V2-Small/onnx"));
    Files.writeString(inside.resolve("model_fp16.onnx"), "");
    Path shortest = Files.writeString(inside.resolve("model.onnx"), "");
    assertThat(Preprocessor.available(List.of(folder)))
        .contains(Preprocessor.DEPTH_ANYTHING_V2.withDirectory(folder))
        .doesNotContain(Preprocessor.SOFTEDGE_HED.withDirectory(folder));
    assertThat(dev.sdlora.api.value.NetworkFile.DEPTH.in(folder)).contains(shortest);
    Files.writeString(folder.resolve("dashed.onnx"), "");
    Files.writeString(folder.resolve("lineart_anime.onnx"), "");
    Files.writeString(folder.resolve("yolox_l.onnx"), "");
    assertThat(Preprocessor.available(List.of(folder)))
        .hasSize(Preprocessor.available(List.of()).size() + 1);
    assertThat(Preprocessor.available(List.of(folder())))
        .hasSize(Preprocessor.builtIn().size())
        .contains(here(Preprocessor.DW_OPENPOSE_FULL));
  }

  @Test
  void apply_eightThreads_makeTheSame() throws Exception {
    Image image = Resources.image("wide");
    List<Preprocessor> all = networks().stream().map(PreprocessorsTest::here).toList();
    List<Image> expected = all.stream().map(each -> each.apply(image)).toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Image>> made = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Preprocessor each = all.get(i % all.size());
        made.add(threads.submit(() -> each.apply(image)));
      }
      for (int i = 0; i < made.size(); i++) {
        assertThat(made.get(i).get()).isEqualTo(expected.get(i % all.size()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void apply_interruptedThread_stops() {
    Image image = Resources.image("wide");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> here(Preprocessor.SOFTEDGE_HED).apply(image))
        .isInstanceOf(GenerationCancelledException.class)
        .hasMessageContaining("softedge_hed");
    assertThat(Thread.interrupted()).isTrue();
  }
}
