package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.cli.console.StopOnExitTest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stops the packaged application while it computes. */
final class StopIT {
  private static final Path APP = Path.of("target/app").toAbsolutePath();

  /**
   * The program promises two seconds. A busy machine may take longer, but the call that is stopped
   * would also last longer there than the half minute of an idle one.
   */
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  @TempDir Path folder;

  /**
   * One model call takes half a minute at this size, but the signal may arrive just as a call ends;
   * {@link StopOnExitTest} covers a call that never ends.
   */
  @Test
  void terminated_inALongNativeCall_endsAtOnce() throws Exception {
    Process process = draw("2048x2048");
    untilItComputes(process, Duration.ofSeconds(8));
    process.destroy();
    assertEnds(process, "stopped in the middle|interrupted");
  }

  @Test
  void terminated_betweenShortCalls_endsInOrder() throws Exception {
    Process process = draw("64x64");
    untilItComputes(process, Duration.ofSeconds(4));
    process.destroy();
    assertEnds(process, "interrupted");
  }

  private Process draw(String size) throws Exception {
    return new ProcessBuilder(
            APP.resolve("bin/sd").toString(),
            "generate",
            "--prompt",
            "a red star",
            "--size",
            size,
            "--steps",
            "150",
            "--images",
            "500")
        .directory(folder.toFile())
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  /**
   * Waits until the process has used more CPU time than its startup needs, so that it is computing.
   */
  private static void untilItComputes(Process process, Duration processorTime) throws Exception {
    while (process.info().totalCpuDuration().orElse(processorTime).compareTo(processorTime) < 0) {
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
    assertThat(process.isAlive()).as("still running").isTrue();
  }

  private void assertEnds(Process process, String messages) throws Exception {
    long told = System.nanoTime();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(AT_ONCE);
    // 128 + 15, as for any program that SIGTERM ends.
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(Files.readString(folder.resolve("err"))).containsPattern(messages);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .as("no crash report, no partial image")
          .allMatch(name -> name.matches("out|err|out-\\d+\\.png"));
    }
  }
}
