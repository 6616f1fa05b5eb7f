package dev.sdlora.sampler;

import java.util.ArrayList;
import java.util.List;

/** A denoiser that remembers what it was asked, and at which of its calls steps began. */
final class Calls implements Denoiser, StepObserver {
  private final Denoiser denoiser;
  private final List<float[]> seen = new ArrayList<>();
  private final List<Double> sigmas = new ArrayList<>();
  private final List<Integer> starts = new ArrayList<>();

  Calls(Denoiser denoiser) {
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

  /** The latent of every call. */
  List<float[]> seen() {
    return seen;
  }

  /** The level of every call. */
  List<Double> sigmas() {
    return sigmas;
  }

  /** The latent of the first call of every step. */
  List<float[]> starts() {
    return starts.stream().map(seen::get).toList();
  }
}
