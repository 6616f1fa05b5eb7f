package dev.sdlora.sampler.plan;

import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.Latents;

/** Keeps a part of an image unchanged, in latents and in a denoiser's predictions. Stateless. */
public final class KeptPart {
  private KeptPart() {}

  /** Returns {@code repaint·made + (1 - repaint)·kept}, element by element, in a new array. */
  public static float[] blend(float[] made, float[] kept, float[] repaint) {
    float[] blended = new float[made.length];
    for (int i = 0; i < made.length; i++) {
      blended[i] = repaint[i] * made[i] + (1 - repaint[i]) * kept[i];
    }
    return blended;
  }

  /** Blends the model's prediction with the image. */
  static final class InPrediction implements Denoiser {
    private final Denoiser denoiser;
    private final float[] picture;
    private final float[] repaint;

    InPrediction(Denoiser denoiser, float[] picture, float[] repaint) {
      this.denoiser = denoiser;
      this.picture = picture;
      this.repaint = repaint;
    }

    @Override
    public float[] denoise(float[] x, double sigma) {
      return kept(denoiser.denoise(x, sigma));
    }

    @Override
    public Sides denoiseSides(float[] x, double sigma) {
      Sides sides = denoiser.denoiseSides(x, sigma);
      return new Sides(kept(sides.denoised()), kept(sides.uncond()));
    }

    private float[] kept(float[] predicted) {
      return blend(predicted, picture, repaint);
    }
  }

  /** Blends the model's input with the image at the same noise level. */
  static final class InInput implements Denoiser {
    private final Denoiser denoiser;
    private final float[] picture;
    private final float[] repaint;
    private final float[] unitNoise;

    InInput(Denoiser denoiser, float[] picture, float[] repaint, float[] unitNoise) {
      this.denoiser = denoiser;
      this.picture = picture;
      this.repaint = repaint;
      this.unitNoise = unitNoise;
    }

    @Override
    public float[] denoise(float[] x, double sigma) {
      return denoiser.denoise(seen(x, sigma), sigma);
    }

    @Override
    public Sides denoiseSides(float[] x, double sigma) {
      return denoiser.denoiseSides(seen(x, sigma), sigma);
    }

    private float[] seen(float[] x, double sigma) {
      return blend(x, Latents.combine(1, picture, sigma, unitNoise), repaint);
    }
  }
}
