package dev.sdlora.cli.report;

import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.ProgressLine;
import dev.sdlora.cli.console.TerminalLine;
import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Shows the progress of a training on one line, with its estimated time, and prints its samples.
 */
public final class TrainingProgressLine implements TrainingListener {
  /** Number of steps before an estimate is shown, because the first steps are slower. */
  private static final int ESTIMATED_AFTER = 20;

  private final Console console;
  private final boolean quiet;
  private final Optional<ProgressLine> line;
  private final List<String> samples = new ArrayList<>();
  private int estimatedAt = -1;

  public TrainingProgressLine(Console console, boolean quiet) {
    this.console = console;
    this.quiet = quiet;
    this.line = console.progress(quiet);
  }

  @Override
  public void start(int images, int steps) {
    line.ifPresent(shown -> shown.show("reading %s images".formatted(images)));
  }

  @Override
  public void step(TrainingProgress progress) {
    if (estimatedAt < 0) {
      estimatedAt = progress.step() + ESTIMATED_AFTER - 1;
    }
    if (progress.step() == estimatedAt && !quiet) {
      line.ifPresent(ProgressLine::clear);
      console.err().println(estimate(progress));
    }
    line.ifPresent(
        shown ->
            shown.show(
                String.format(
                    Locale.ROOT,
                    "step %d/%d %s loss %.4f, %s",
                    progress.step(),
                    progress.steps(),
                    TerminalLine.bar(progress.step(), progress.steps()),
                    progress.meanLoss(),
                    TerminalLine.left(progress.remaining()))));
  }

  /** Returns an estimate such as "about 4 minutes for the remaining 780 of 800 steps". */
  static String estimate(TrainingProgress progress) {
    return "about %s for the remaining %s of %s steps"
        .formatted(
            rounded(progress.remaining()), progress.steps() - progress.step(), progress.steps());
  }

  private static String rounded(Duration time) {
    long minutes = Math.round(time.toSeconds() / 60.0);
    if (time.toSeconds() < 90) {
      return Math.max(10, Math.round(time.toSeconds() / 10.0) * 10) + " seconds";
    }
    return minutes < 90 ? minutes + " minutes" : Math.round(minutes / 60.0) + " hours";
  }

  @Override
  public void sample(Path file) {
    samples.add(file.toString());
    if (!console.json()) {
      line.ifPresent(ProgressLine::clear);
      console.out().println(file);
    }
  }

  @Override
  public void end(TrainingResult result) {
    line.ifPresent(ProgressLine::clear);
  }

  /** Returns the sample files so far. */
  public List<String> samples() {
    return samples;
  }
}
