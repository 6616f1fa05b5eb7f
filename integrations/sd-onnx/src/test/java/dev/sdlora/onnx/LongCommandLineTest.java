package dev.sdlora.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.Detector;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** ONNX Runtime 1.29.0 crashed in processes with a long class path. */
class LongCommandLineTest {
  /** Opens a network. */
  static final class Program {
    private Program() {}

    public static void main(String[] files) {
      Detector.open(Path.of(files[0])).close();
    }
  }

  @Test
  void open_longCommandLine_works() throws Exception {
    String padding = (File.pathSeparator + "/nowhere/a-library-that-is-not-there.jar").repeat(300);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path") + padding,
                Program.class.getName(),
                Resources.file("yolo.onnx").toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output.lines().filter(line -> !line.startsWith("SLF4J"))).isEmpty();
  }
}
