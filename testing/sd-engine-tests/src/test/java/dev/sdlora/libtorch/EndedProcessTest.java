package dev.sdlora.libtorch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.testkit.TinyModels;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

/** A process ends during native calls, on a signal. */
final class EndedProcessTest {
  private static final int TERMINATED = 143;

  @TempDir private Path folder;

  @RepeatedTest(3)
  void sigterm_whileItDraws_leavesNoCrashReport() throws IOException, InterruptedException {
    Process process = JavaProcess.start(Drawing.class, folder);
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.lines().anyMatch("drawing"::equals)).isTrue();
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(TERMINATED);
    } finally {
      process.destroyForcibly();
    }
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  /** Draws until it is ended. */
  static final class Drawing {
    private Drawing() {}

    public static void main(String[] arguments) {
      try (Pipeline pipeline =
          Pipeline.builder().checkpoint(Checkpoint.open(TinyModels.CHECKPOINT)).build()) {
        PromptSpec spec =
            PromptSpec.builder().prompt("a cat").size(128, 128).steps(2).seed(1).build();
        pipeline.generate(spec);
        System.out.println("drawing");
        while (true) {
          pipeline.generate(spec);
        }
      }
    }
  }
}
