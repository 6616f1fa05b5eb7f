package dev.sdlora.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.cli.console.Console;
import dev.sdlora.training.TrainingProgress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class TrainingProgressLineTest {
  @Command(name = "x")
  private static final class Host {
    @Mixin private final Console console = new Console();
  }

  private static TrainingProgress at(int step, int secondsLeft) {
    return new TrainingProgress(step, 800, 0.1, 0.1, 1e-3, 4, Duration.ofSeconds(secondsLeft));
  }

  @ParameterizedTest
  @CsvSource({
    "3, about 10 seconds",
    "84, about 80 seconds",
    "95, about 2 minutes",
    "250, about 4 minutes",
    "5000, about 83 minutes",
    "30000, about 8 hours",
  })
  void estimate_timeLeft_isRounded(int seconds, String sentence) {
    assertThat(TrainingProgressLine.estimate(at(20, seconds)))
        .isEqualTo(sentence + " for the remaining 780 of 800 steps");
  }

  private static String told(boolean quiet, int firstStep) {
    Host host = new Host();
    StringWriter err = new StringWriter();
    new CommandLine(host).setErr(new PrintWriter(err));
    TrainingProgressLine line = new TrainingProgressLine(host.console, quiet);
    for (int step = firstStep; step < firstStep + 40; step++) {
      line.step(at(step, 250));
    }
    return err.toString();
  }

  @Test
  void step_afterTheFirstOnes_tellsTheTimeOnce() {
    assertThat(told(false, 1))
        .containsOnlyOnce("about 4 minutes for the remaining 780 of 800 steps")
        .containsOnlyOnce("about");
    assertThat(told(false, 251))
        .containsOnlyOnce("about 4 minutes for the remaining 530 of 800 steps");
    assertThat(told(true, 1)).isEmpty();
  }
}
