package dev.sdlora.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The end of a JVM in which a pipeline works. */
final class ShutdownTest {

  @Test
  void exit_closeOnShutdown_cancelsAndCloses() throws Exception {
    assertThat(run("true")).contains("failed GenerationCancelledException").contains("rc 5");
  }

  @Test
  void exit_unsaid_endsInTheMiddle() throws Exception {
    assertThat(run("false")).doesNotContain("failed").doesNotContain("fatal").contains("rc 5");
  }

  private static String run(String closeOnShutdown) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName(),
                closeOnShutdown)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return output + "rc " + process.waitFor();
  }

  /** A program that ends while pictures are made that nobody waits for. */
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
