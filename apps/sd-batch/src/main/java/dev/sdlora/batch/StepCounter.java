package dev.sdlora.batch;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.image.LatentPreview;
import java.util.function.Consumer;

/** Tells how many steps of an image are done. */
final class StepCounter implements GenerationListener {
  private final Consumer<Steps> told;

  /** How far an image is. */
  record Steps(int done, int total) {}

  StepCounter(Consumer<Steps> told) {
    this.told = told;
  }

  Steps none() {
    return new Steps(0, 0);
  }

  @Override
  public void stepEnd(Step step, LatentPreview preview) {
    told.accept(new Steps(step.number(), step.total()));
  }
}
