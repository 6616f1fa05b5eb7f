package dev.sdlora.pipeline.denoise;

import dev.sdlora.sampler.Denoiser;
import java.util.function.DoublePredicate;
import java.util.function.Supplier;

/**
 * A denoiser whose place another one takes on the way, as a refiner does; it does not come back.
 * Used by one thread.
 */
public final class SwitchingDenoiser implements Denoiser {
  private final DoublePredicate due;
  private final Supplier<Denoiser> next;
  private Denoiser current;
  private boolean switched;

  /**
   * Starts with a denoiser.
   *
   * @param due whether the time of the next one has come, by the noise level of a call
   * @param next asked once, when it has come
   */
  public SwitchingDenoiser(Denoiser first, DoublePredicate due, Supplier<Denoiser> next) {
    this.current = first;
    this.due = due;
    this.next = next;
  }

  @Override
  public float[] denoise(float[] x, double sigma) {
    return at(sigma).denoise(x, sigma);
  }

  @Override
  public Sides denoiseSides(float[] x, double sigma) {
    return at(sigma).denoiseSides(x, sigma);
  }

  private Denoiser at(double sigma) {
    if (!switched && due.test(sigma)) {
      switched = true;
      current = next.get();
    }
    return current;
  }
}
