package dev.sdlora.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {
  private final StringWriter terminal = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();
  private final ProgressBar bar =
      new ProgressBar(new TerminalLine(new PrintWriter(terminal)), nanos::get);

  @Test
  void show_extrapolatesOverAllPictures() {
    bar.start(2);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(45));
    bar.show(0, 5, 10);
    assertThat(terminal)
        .hasToString("\rimage 1/2 [" + "#".repeat(15) + "-".repeat(15) + "] step 5/10, 2:15 left");
  }

  @Test
  void show_picturesTogether_countsTheStepsOfAll() {
    bar.start(2);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
    bar.show(0, 1, 10);
    terminal.getBuffer().setLength(0);
    bar.show(1, 1, 10);
    assertThat(terminal.toString()).contains("image 2/2 ").contains("step 1/10, 1:30 left");
  }

  @Test
  void finish_withFewerStepsThanPlanned_leavesThePicturesToCome() {
    bar.start(2);
    bar.show(0, 3, 10);
    bar.finish(0);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(15));
    bar.show(1, 5, 10);
    assertThat(terminal.toString()).endsWith("step 5/10, 0:05 left");
  }

  @Test
  void left_moreThanAnHour_hasHours() {
    assertThat(TerminalLine.left(Duration.ofSeconds(3599))).isEqualTo("59:59 left");
    assertThat(TerminalLine.left(Duration.ofSeconds(3725))).isEqualTo("1:02:05 left");
  }

  @Test
  void clear_leavesNothingBehind() {
    bar.start(1);
    bar.show(0, 1, 1);
    int length = terminal.getBuffer().length() - 1;
    terminal.getBuffer().setLength(0);
    bar.clear();
    bar.clear();
    assertThat(terminal).hasToString("\r" + " ".repeat(length) + "\r");
  }

  @Test
  void line_hostileText_isShown_andNothingComesAfterTheEnd() {
    TerminalLine line = new TerminalLine(new PrintWriter(terminal));
    line.show("loading a\u001b[2J");
    assertThat(terminal).hasToString("\rloading a\\u001b[2J");
    line.end();
    int length = terminal.getBuffer().length();
    line.show("late");
    assertThat(terminal.getBuffer()).hasSize(length);
  }

  @Test
  void waiting_withoutTerminal_doesNothing_withOne_endsWithAnEmptyLine() {
    ElapsedTimeLine.on(Optional.empty(), "loading").close();
    ElapsedTimeLine.on(Optional.of(new PrintWriter(terminal)), "loading").close();
    assertThat(terminal.toString()).matches("|\rloading, 0 s\r {12,13}\r");
  }

  @Test
  void log_getsALineWhenAsMuchTimeHasPassedAgain() {
    LogLines log = new LogLines(new PrintWriter(terminal), nanos::get);
    for (int second = 0; second < 3600; second++) {
      log.show("after " + second + " s");
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
    }
    log.clear();
    assertThat(terminal.toString().lines())
        .startsWith("after 10 s", "after 20 s", "after 40 s", "after 80 s", "after 160 s")
        .contains("after 320 s", "after 620 s", "after 920 s")
        .hasSize(16);
    assertThat(terminal.toString()).doesNotContain("\r");
  }

  @Test
  void log_afterTheEnd_getsNothing() {
    LogLines log = new LogLines(new PrintWriter(terminal), nanos::get);
    log.end();
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
    log.show("late");
    assertThat(terminal).hasToString("");
  }
}
