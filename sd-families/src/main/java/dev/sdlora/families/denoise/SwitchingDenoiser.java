package dev.sdlora.families.denoise;

import dev.sdlora.sampler.Denoiser;
import java.util.function.DoublePredicate;
import java.util.function.Supplier;

/**
 * A denoiser that hands over to another one partway, as for a refiner; it never switches back. Used
 * by one thread.
 */
public final class SwitchingDenoiser implements Denoiser {
  private final DoublePredicate due;
  private final Supplier<Denoiser> next;
  private Denoiser current;
  private boolean switched;

  /**
   * Starts with a denoiser.
   *
   * @param due whether to switch at the noise level of a call
   * @param next called once, at the switch
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
