package dev.sdlora.fuzz.soak;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * Disturbs a request at a random event: with an exception, with an error, by cancelling it, or by
 * damaging files. Many requests have fewer events and are not disturbed.
 */
final class Disturbance implements GenerationListener {
  private static final int LATEST = 40;

  private final Runnable deed;
  private int eventsLeft;

  private Disturbance(int at, Runnable deed) {
    this.eventsLeft = at;
    this.deed = deed;
  }

  /** The exception that this program's listeners throw. */
  static final class Outburst extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** The error that this program's listeners throw. */
  static final class Collapse extends Error {
    private static final long serialVersionUID = 1;
  }

  /**
   * Returns a random disturbance, or none.
   *
   * @param random chooses the disturbance
   * @param cancel cancels the request
   * @param corrupt damages files
   */
  static GenerationListener random(SplittableRandom random, Runnable cancel, Runnable corrupt) {
    int at = random.nextInt(LATEST);
    return switch (random.nextInt(8)) {
      case 0 ->
          new Disturbance(
              at,
              () -> {
                throw new Outburst();
              });
      case 1 ->
          new Disturbance(
              at,
              () -> {
                throw new Collapse();
              });
      case 2, 3 -> new Disturbance(at, cancel);
      case 4, 5 -> new Disturbance(at, corrupt);
      default -> GenerationListener.NONE;
    };
  }

  /** Whether this exception is thrown by this program only. */
  static boolean isOwn(Throwable cause) {
    return cause instanceof Outburst || cause instanceof Collapse;
  }

  private void event() {
    if (eventsLeft-- == 0) {
      deed.run();
    }
  }

  @Override
  public void generationStart(PromptSpec spec) {
    event();
  }

  @Override
  public void generationEnd(GenerationResult result) {
    event();
  }

  @Override
  public void generationFailed(Throwable cause) {
    event();
  }

  @Override
  public void lorasStart() {
    event();
  }

  @Override
  public void lorasEnd() {
    event();
  }

  @Override
  public void conditioningEnd() {
    event();
  }

  @Override
  public void stepStart(Step step) {
    event();
  }

  @Override
  public void stepEnd(Step step, Supplier<Image> preview) {
    var unused = preview.get();
    event();
  }

  @Override
  public void decodeStart(int index) {
    event();
  }
}
