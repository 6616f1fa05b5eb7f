package dev.sdlora.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.Detector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests files that are no detectors. */
class DetectorFilesTest {
  @Test
  void open_badFiles_saysWhy(@TempDir Path folder) throws IOException {
    requireRefused(folder.resolve("none.onnx"), "does not exist or is a folder");
    requireRefused(folder, "does not exist or is a folder");
    Path text = Files.writeString(folder.resolve("text.onnx"), "<html>Not found</html>");
    requireRefused(text, "is not an ONNX file, or it is damaged or incomplete");
    Path empty = Files.writeString(folder.resolve("empty.onnx"), "");
    requireRefused(empty, "is empty; it was probably not downloaded completely");
    byte[] whole = Files.readAllBytes(Resources.file("yolo.onnx"));
    Path half = Files.write(folder.resolve("half.onnx"), Arrays.copyOf(whole, whole.length / 2));
    requireRefused(half, "is not an ONNX file, or it is damaged or incomplete");
    Path pointer =
        Files.writeString(
            folder.resolve("pointer.onnx"),
            "version https://git-lfs.github.com/spec/v1\noid sha256:00");
    requireRefused(pointer, "is a pointer of Git LFS");
  }

  @Test
  void open_modelWithoutGraph_isRefusedInWordsWithoutPathsOfSources(@TempDir Path folder)
      throws IOException {
    byte[] versionAlone = {8, 7};
    Path file = Files.write(folder.resolve("version.onnx"), versionAlone);
    assertThatThrownBy(() -> Detector.open(file))
        .isInstanceOf(TensorFileException.class)
        .hasMessage("ONNX file '%s' cannot be opened: ModelProto does not have a graph", file);
  }

  private static void requireRefused(Path file, String message) {
    assertThatThrownBy(() -> Detector.open(file))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }

  @Test
  void open_unknownOperator_namesIt() {
    assertThatThrownBy(() -> Detector.open(Resources.file("operator.onnx")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("needs what ONNX Runtime " + "1.")
        .hasMessageEndingWith("com.example:Sharpen(-1) is not a registered function/op");
  }

  @Test
  void open_weightsOutsideTheFolder_areNotRead() {
    assertThatThrownBy(() -> Detector.open(Resources.file("outside.onnx")))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining("External data path escapes model directory");
  }

  @Test
  void open_otherOutputs_namesThem() {
    assertThatThrownBy(() -> Detector.open(Resources.file("other.onnx")))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("is not a detector: YuNet")
        .hasMessageContaining("reads x [1, 3, 8, 8] and returns y [1, 5]");
  }
}
