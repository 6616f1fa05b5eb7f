package dev.sdlora.cli;

import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The progress of a training on one line, its expected time, and the samples that it draws. */
final class TrainingProgressLine implements TrainingListener {
  /** The first steps take longer than the others, so the time is told after this many. */
  private static final int ESTIMATED_AFTER = 20;

  private final Console console;
  private final boolean quiet;
  private final Optional<ProgressLine> line;
  private final List<String> samples = new ArrayList<>();
  private int estimatedAt = -1;

  TrainingProgressLine(Console console, boolean quiet) {
    this.console = console;
    this.quiet = quiet;
    this.line = console.progress(quiet);
  }

  @Override
  public void start(int pictures, int steps) {
    line.ifPresent(shown -> shown.show("reading %s pictures".formatted(pictures)));
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

  /** Such as "about 4 minutes for the other 780 of 800 steps". */
  static String estimate(TrainingProgress progress) {
    return "about %s for the other %s of %s steps"
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

  /** The files of the samples so far. */
  List<String> samples() {
    return samples;
  }
}
