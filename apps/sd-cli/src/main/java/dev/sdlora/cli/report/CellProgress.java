package dev.sdlora.cli.report;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.image.Image;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.ProgressBar;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Shows the progress of consecutive requests, and prints each distinct warning once. */
public final class CellProgress implements GenerationListener {
  private final Console console;
  private final Optional<ProgressBar> bar;
  private final Set<String> warned = new HashSet<>();
  private int cell;

  /**
   * @param quiet whether to hide progress; warnings are printed anyway
   */
  public CellProgress(Console console, boolean quiet, int cells) {
    this.console = console;
    this.bar = console.progress(quiet).map(line -> new ProgressBar(line, System::nanoTime));
    bar.ifPresent(shown -> shown.start(cells));
  }

  @Override
  public void stepEnd(Step step, Supplier<Image> preview) {
    bar.ifPresent(shown -> shown.show(cell, step.number(), step.total()));
  }

  @Override
  public void generationEnd(GenerationResult result) {
    cell++;
    bar.ifPresent(ProgressBar::clear);
    result.warnings().stream().filter(warned::add).forEach(console::warn);
  }

  @Override
  public void generationFailed(Throwable cause) {
    bar.ifPresent(ProgressBar::clear);
  }
}
