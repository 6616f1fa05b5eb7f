package dev.sdlora.pipeline.generation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.Fixtures;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the exit of a JVM in which a pipeline is working. */
@Tag("slow")
final class ShutdownTest {

  @Test
  void exit_closeOnShutdown_cancelsAndCloses() throws Exception {
    assertThat(run("true")).contains("failed GenerationCancelledException").contains("rc 5");
  }

  @Test
  void exit_unsaid_endsInTheMiddle() throws Exception {
    assertThat(run("false")).doesNotContain("failed").doesNotContain("fatal").contains("rc 5");
  }

  @ParameterizedTest
  @ValueSource(strings = {"building", "step 1", "step 4"})
  void terminated_atWork_endsWithoutACrash(String moment) throws Exception {
    Process process = start(Endless.class);
    StringBuilder output = new StringBuilder();
    try (BufferedReader lines = process.inputReader(UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
        if (line.equals(moment)) {
          // Process.destroy() would also close the output.
          process.toHandle().destroy();
        }
      }
    }
    assertThat(process.waitFor()).as(output.toString()).isEqualTo(143);
    assertThat(output).contains(moment).doesNotContain("fatal error");
  }

  private static String run(String closeOnShutdown) throws Exception {
    Process process = start(Program.class, closeOnShutdown);
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return output + "rc " + process.waitFor();
  }

  private static Process start(Class<?> program, String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            program.getName());
    builder.command().addAll(List.of(arguments));
    return builder.redirectErrorStream(true).start();
  }

  /** A program that draws until it is terminated, and prints its progress. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] args) {
      System.out.println("building");
      Pipeline pipeline =
          Pipeline.builder().checkpoint(Checkpoint.open(Fixtures.CHECKPOINT)).build();
      System.out.println("built");
      GenerationListener listener =
          new GenerationListener() {
            @Override
            public void stepStart(Step step) {
              System.out.println("step " + step.number());
            }
          };
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a cat")
              .size(new ImageSize(512, 512))
              .steps(150)
              .images(100)
              .build();
      pipeline.generateAsync(spec, listener).join();
    }
  }

  /** A program that exits while images are generated that no code waits for. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      Pipeline pipeline =
          Fixtures.float32()
              .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
              .closeOnShutdown(Boolean.parseBoolean(args[0]))
              .build();
      GenerationListener listener =
          new GenerationListener() {
            @Override
            public void stepStart(Step step) {
              if (step.number() == 2) {
                new Thread(() -> System.exit(5)).start();
              }
            }

            @Override
            public void generationFailed(Throwable failure) {
              System.out.println("failed " + failure.getClass().getSimpleName());
            }
          };
      PromptSpec spec =
          PromptSpec.builder()
              .prompt("a cat")
              .size(new ImageSize(64, 64))
              .steps(150)
              .images(100)
              .build();
      pipeline.generateAsync(spec, listener).join();
    }
  }
}
