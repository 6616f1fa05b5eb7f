package dev.sdlora.pipeline.denoise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.ImageSize;
import dev.sdlora.pipeline.conditioning.Conditioning;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.sampler.Denoiser;
import dev.sdlora.sampler.schedule.NoiseLevels;
import dev.sdlora.tensors.torch.Torch;
import java.util.Arrays;
import java.util.Optional;

/**
 * Classifier-free guidance (Ho and Salimans 2022) around a U-Net that predicts noise: {@code uncond
 * + scale · (cond − uncond)}. Both sides run as one batch of two where their prompts have the same
 * number of chunks, else one after the other; at scale 1 only the prompt's side runs.
 */
public final class Guidance implements Denoiser {
  private final UNet unet;
  private final NoiseLevels levels;
  private final double scale;
  private final long[] shape;
  private final NDManager scope;
  private final NDArray first;
  private final Optional<NDArray> second;
  private final int batch;

  /**
   * Guidance for pictures of one size.
   *
   * @param levels the noise that the U-Net was trained with
   * @param prompt what to move towards
   * @param negative what to move away from
   * @param scale how far; at 1 the negative side is not evaluated
   * @param size of the pictures
   * @param scope owns what lasts for the request
   */
  public Guidance(
      UNet unet,
      NoiseLevels levels,
      Conditioning prompt,
      Conditioning negative,
      double scale,
      ImageSize size,
      NDManager scope) {
    this.unet = unet;
    this.levels = levels;
    this.scale = scale;
    this.scope = scope;
    boolean guided = scale != 1;
    boolean together = guided && prompt.tokens() == negative.tokens();
    this.batch = together ? 2 : 1;
    this.shape =
        new long[] {batch, unet.config().inChannels(), size.height() / 8, size.width() / 8};
    if (together) {
      float[] both = Arrays.copyOf(negative.states(), 2 * negative.states().length);
      System.arraycopy(prompt.states(), 0, both, negative.states().length, prompt.states().length);
      this.first = Torch.floats(scope, both, 2, prompt.tokens(), prompt.width());
      this.second = Optional.empty();
    } else if (guided) {
      this.first = context(negative);
      this.second = Optional.of(context(prompt));
    } else {
      this.first = context(prompt);
      this.second = Optional.empty();
    }
  }

  private NDArray context(Conditioning conditioning) {
    return Torch.floats(
        scope, conditioning.states(), 1, conditioning.tokens(), conditioning.width());
  }

  /** How many numbers a latent has. */
  public int size() {
    return (int) (shape[1] * shape[2] * shape[3]);
  }

  @Override
  public float[] denoise(float[] x, double sigma) {
    double scaleIn = 1 / Math.sqrt(sigma * sigma + 1);
    float[] input = new float[batch * x.length];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) (x[i % x.length] * scaleIn);
    }
    float[] times = new float[batch];
    Arrays.fill(times, (float) levels.sigmaToTime(sigma));

    float[] noise = predict(input, times, first);
    if (second.isPresent()) {
      noise = join(noise, predict(input, times, second.get()));
    }
    float[] denoised = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      double eps =
          noise.length == x.length
              ? noise[i]
              : noise[i] + scale * ((double) noise[i + x.length] - noise[i]);
      denoised[i] = (float) (x[i] - sigma * eps);
    }
    return denoised;
  }

  private float[] predict(float[] latents, float[] times, NDArray context) {
    try (NDManager step = scope.newSubManager()) {
      return unet.predict(
              Torch.floats(step, latents, shape), Torch.floats(step, times, batch), context, step)
          .toFloatArray();
    }
  }

  private static float[] join(float[] a, float[] b) {
    float[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
