package dev.sdlora.sampler;

import java.util.ArrayList;
import java.util.List;

/** A denoiser that records its arguments, and the calls at which steps began. */
public final class Calls implements Denoiser, StepObserver {
  private final Denoiser denoiser;
  private final List<float[]> seen = new ArrayList<>();
  private final List<Double> sigmas = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();

  public Calls(Denoiser denoiser) {
    this.denoiser = denoiser;
  }

  @Override
  public float[] denoise(float[] x, double sigma) {
    seen.add(x.clone());
    sigmas.add(sigma);
    return denoiser.denoise(x, sigma);
  }

  @Override
  public Sides denoiseSides(float[] x, double sigma) {
    seen.add(x.clone());
    sigmas.add(sigma);
    return denoiser.denoiseSides(x, sigma);
  }

  @Override
  public void stepStart(int step, double sigma) {
    starts.add(seen.size());
  }

  /** Returns the latent of every call. */
  public List<float[]> seen() {
    return seen;
  }

  /** Returns the level of every call. */
  public List<Double> sigmas() {
    return sigmas;
  }

  /** Returns the latent of the first call of every step. */
  public List<float[]> starts() {
    return starts.stream().map(seen::get).toList();
  }
}
