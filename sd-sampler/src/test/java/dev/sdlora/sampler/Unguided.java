package dev.sdlora.sampler;

/** A model without guidance, whose two predictions are equal. */
@FunctionalInterface
public interface Unguided extends Denoiser {
  @Override
  default Sides denoiseSides(float[] x, double sigma) {
    float[] denoised = denoise(x, sigma);
    return new Sides(denoised, denoised);
  }
}
