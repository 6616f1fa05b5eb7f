package dev.sdlora.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops a command in a process of its own. */
public final class StopOnExitTest {
  @TempDir Path folder;

  /** Reports that it is running, then does what its argument says. */
  static final class Command {
    private Command() {}

    /** Runs the command. */
    public static void main(String[] args) {
      System.exit(
          StopOnExit.run(
              () -> {
                System.out.println("at work");
                boolean obeys = args[0].equals("obeys");
                while (!obeys || !Thread.currentThread().isInterrupted()) {
                  // Unlike a native call, this returns at once when the thread is interrupted.
                  LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                }
                return 0;
              }));
    }
  }

  @Test
  void aCommandThatNeverLooks_isEndedInTheMiddle() throws Exception {
    assertThat(errorsOf("ignores")).containsExactly("sd: stopped in the middle of a computation");
  }

  @Test
  void aCommandThatEndsWhenToldTo_endsInSilence() throws Exception {
    assertThat(errorsOf("obeys")).isEmpty();
  }

  private List<String> errorsOf(String command) throws Exception {
    Path errors = folder.resolve("errors");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Command.class.getName(),
                command)
            .redirectError(errors.toFile())
            .start();
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(out.readLine()).isEqualTo("at work");
      process.destroy();
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
      return Files.readAllLines(errors);
    } finally {
      process.destroyForcibly();
    }
  }
}
