package dev.sdlora.batch;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.image.Image;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Counts the finished steps of an image. */
final class StepCounter implements GenerationListener {
  private final Consumer<Steps> listener;

  /** The progress of an image. */
  record Steps(int done, int total) {}

  StepCounter(Consumer<Steps> listener) {
    this.listener = listener;
  }

  Steps none() {
    return new Steps(0, 0);
  }

  @Override
  public void stepEnd(Step step, Supplier<Image> preview) {
    listener.accept(new Steps(step.number(), step.total()));
  }
}
