package dev.sdlora.cli;

import dev.sdlora.training.TrainingListener;
import dev.sdlora.training.TrainingProgress;
import dev.sdlora.training.TrainingResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How far a training is, on one line, and the samples that it draws. */
final class TrainingProgressLine implements TrainingListener {
  private final Console console;
  private final Optional<ProgressLine> line;
  private final List<String> samples = new ArrayList<>();

  TrainingProgressLine(Console console, boolean quiet) {
    this.console = console;
    this.line = console.progress(quiet);
  }

  @Override
  public void start(int pictures, int steps) {
    line.ifPresent(shown -> shown.show("reading %s pictures".formatted(pictures)));
  }

  @Override
  public void step(TrainingProgress progress) {
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
