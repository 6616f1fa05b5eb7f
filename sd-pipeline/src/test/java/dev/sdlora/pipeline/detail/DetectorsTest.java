package dev.sdlora.pipeline.detail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests how detectors are found, opened and closed. */
class DetectorsTest {
  private final List<String> log = new ArrayList<>();

  @TempDir private Path folder;

  private final class Logged implements Detector {
    private final String name;

    Logged(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<Found> find(Image image, double confidence) {
      return List.of();
    }

    @Override
    public void close() {
      log.add("close " + name);
    }
  }

  @BeforeEach
  void write() throws IOException {
    for (String file :
        List.of("face_yolov8n.onnx", "face_yolov8s.ONNX", "hand.onnx", "eyes.pt", "notes.txt")) {
      Files.createFile(folder.resolve(file));
    }
  }

  private Detectors detectors() {
    return new Detectors(
        List.of(new Logged("Own"), new Logged("hand")),
        List.of(folder),
        file -> {
          log.add("open " + file.getFileName());
          return new Logged("file");
        });
  }

  private String found(String name) {
    return detectors().find(name).name();
  }

  @Test
  void find_names_ignoreCaseAndExtension() {
    assertThat(found("own")).isEqualTo("Own");
    assertThat(found("face_yolov8n.pt")).isEqualTo("face_yolov8n");
    assertThat(found("Face_YOLOv8s.onnx")).isEqualTo("face_yolov8s");
    assertThat(found("han")).isEqualTo("hand");
  }

  @Test
  void find_unclearNames_areRefusedWithTheKnownOnes() {
    try (Detectors detectors = detectors()) {
      assertThatThrownBy(() -> detectors.find("face"))
          .isInstanceOf(StableDiffusionException.class)
          .hasMessage(
              "several detectors begin with 'face': 'face_yolov8n', 'face_yolov8s'; use one of"
                  + " these names");
      assertThatThrownBy(() -> detectors.find("fase_yolov8n.pt"))
          .hasMessage(
              "unknown detector 'fase_yolov8n.pt'; the pipeline has 'Own', 'hand', 'face_yolov8n',"
                  + " 'face_yolov8s'; did you mean 'face_yolov8n' or 'face_yolov8s'?");
      assertThatThrownBy(() -> detectors.find("eyes.pt"))
          .hasMessage(
              "unknown detector 'eyes.pt'; its file is for PyTorch; export it to ONNX with 'yolo"
                  + " export format=onnx'");
    }
    try (Detectors none = new Detectors(List.of(), List.of(), file -> new Logged(""))) {
      assertThatThrownBy(() -> none.find("face"))
          .hasMessage(
              "unknown detector 'face'; the pipeline has no detectors; add one with"
                  + " Pipeline.builder().detector or detectorDirectory (--detector-dir)");
    }
  }

  @Test
  void open_files_areOpenedOnceAndClosed() {
    Detectors.Named own;
    Detectors.Named face;
    try (Detectors detectors = detectors()) {
      own = detectors.find("hand");
      face = detectors.find("face_yolov8n");
      assertThat(log).isEmpty();
      own.open();
      Detector opened = face.open();
      assertThat(detectors.find("face_yolov8n.pt").open()).isSameAs(opened);
    }

    assertThat(log).containsExactly("open face_yolov8n.onnx", "close file");
    assertThatThrownBy(face::open)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the pipeline is closed");
  }
}
