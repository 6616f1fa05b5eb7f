package dev.sdlora.cli;

import static java.awt.image.BufferedImage.TYPE_INT_RGB;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.cli.console.StopOnExitTest;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
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

  /** Ctrl-C runs the same hook, but programs in the background ignore it. */
  @Test
  void training_terminatedInAStep_writesItsStateAndNamesResume() throws Exception {
    Path images = Files.createDirectory(folder.resolve("images"));
    for (String name : List.of("a.png", "b.png")) {
      ImageIO.write(new BufferedImage(64, 64, TYPE_INT_RGB), "png", images.resolve(name).toFile());
    }
    Process process = train("--steps", "100000");
    int stopped = stoppedStep(process);
    assertThat(folder.resolve("star.training-state.safetensors")).isNotEmptyFile();
    assertThat(folder.resolve(".star.safetensors.lock")).doesNotExist();

    Process resumed = train("--resume", "--steps", "100000");
    assertThat(stoppedStep(resumed)).isGreaterThan(stopped);
  }

  private int stoppedStep(Process training) throws Exception {
    untilItComputes(training, Duration.ofSeconds(12));
    training.destroy();
    if (!training.waitFor(1, TimeUnit.MINUTES)) {
      training.destroyForcibly();
    }
    assertThat(training.exitValue()).isEqualTo(143);
    Matcher told =
        Pattern.compile("stopped after step (\\d+); the same command with --resume continues")
            .matcher(Files.readString(folder.resolve("out")));
    assertThat(told.find()).as("its last line").isTrue();
    return Integer.parseInt(told.group(1));
  }

  private Process train(String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(APP.resolve("bin/sd").toString(), "train"));
    command.addAll(List.of("images", "--trigger", "star", "-o", "star.safetensors", "--quiet"));
    command.addAll(List.of(options));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
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
