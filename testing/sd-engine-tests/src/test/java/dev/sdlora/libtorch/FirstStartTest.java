package dev.sdlora.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.DeviceInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes start at once and unpack the same libraries. */
final class FirstStartTest {
  private static final int PROCESSES = 4;

  @TempDir private Path folder;

  @Test
  void processesThatUnpackAtOnce_allStart() throws IOException, InterruptedException {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      processes.add(
          JavaProcess.start(
              Starting.class,
              folder,
              "-Dorg.bytedeco.javacpp.cachedir=" + folder.resolve("natives")));
    }
    for (Process process : processes) {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output).contains("unpacked to " + folder.resolve("natives"));
    }
  }

  /** Loads the engine. */
  static final class Starting {
    private Starting() {}

    public static void main(String[] arguments) {
      System.out.println(DeviceInfo.of("cpu").engine());
    }
  }
}
