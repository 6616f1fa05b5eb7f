package dev.sdlora.cli;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LatentPreview;
import java.util.Optional;

/** Progress of several requests, one after another. */
final class CellProgress implements GenerationListener {
  private final ProgressBar bar;
  private int cell;

  private CellProgress(ProgressBar bar) {
    this.bar = bar;
  }

  /** Shown if somebody wants to see it. */
  static GenerationListener of(Console console, boolean quiet, int cells) {
    Optional<ProgressLine> line = console.progress(quiet);
    if (line.isEmpty()) {
      return GenerationListener.NONE;
    }
    ProgressBar bar = new ProgressBar(line.get(), System::nanoTime);
    bar.start(cells);
    return new CellProgress(bar);
  }

  @Override
  public void stepEnd(Step step, LatentPreview preview) {
    bar.show(cell, step.number(), step.total());
  }

  @Override
  public void generationEnd(GenerationResult result) {
    cell++;
    bar.clear();
  }

  @Override
  public void generationFailed(Throwable cause) {
    bar.clear();
  }
}
