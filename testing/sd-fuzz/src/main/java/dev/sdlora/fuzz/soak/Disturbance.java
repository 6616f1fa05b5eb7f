package dev.sdlora.fuzz.soak;

import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.LatentPreview;
import java.util.SplittableRandom;

/**
 * Disturbs a request at one of its events, chosen at random: by an exception, by an error, by
 * cancelling it, or by damaging files. Many requests have fewer events and are left alone.
 */
final class Disturbance implements GenerationListener {
  private static final int LATEST = 40;

  private final Runnable deed;
  private int eventsLeft;

  private Disturbance(int at, Runnable deed) {
    this.eventsLeft = at;
    this.deed = deed;
  }

  /** What listeners of this program throw. */
  static final class Outburst extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** What a listener can throw too. */
  static final class Collapse extends Error {
    private static final long serialVersionUID = 1;
  }

  /**
   * Some disturbance, or none.
   *
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

  /** Whether an exception is one that only this program throws. */
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
  public void stepEnd(Step step, LatentPreview preview) {
    preview.toImage();
    event();
  }

  @Override
  public void decodeStart(int index) {
    event();
  }
}
