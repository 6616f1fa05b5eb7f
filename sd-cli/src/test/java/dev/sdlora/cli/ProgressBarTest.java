package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {
  private final StringWriter terminal = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();
  private final ProgressBar bar = new ProgressBar(new PrintWriter(terminal), nanos::get);

  @Test
  void show_extrapolatesOverAllPictures() {
    bar.start(2);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(45));
    bar.show(0, 5, 10);
    assertThat(terminal)
        .hasToString(
            "\rpicture 1/2 [" + "#".repeat(15) + "-".repeat(15) + "] step 5/10, 2:15 left");
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
}
