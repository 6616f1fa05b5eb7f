package dev.sdlora.families.network.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.UNet;
import dev.sdlora.sampler.noise.LatentShape;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.List;
import java.util.Locale;

/** Resizes latents by interpolation, as PyTorch's {@code interpolate} does. */
public final class LatentResizing {
  private final Program program;

  /** Interpolation methods. */
  public enum Mode {
    /** Linear interpolation of the four nearest positions. */
    BILINEAR,
    /** Linear interpolation, averaging all source positions when the latent is reduced. */
    BILINEAR_ANTIALIASED,
    /** Cubic convolution of the sixteen nearest positions, a = −0.75. */
    BICUBIC,
    /** Cubic convolution with a = −0.5, over all source positions when the latent is reduced. */
    BICUBIC_ANTIALIASED,
    /** The nearest position, aligned by corners. */
    NEAREST,
    /** The nearest position, aligned by centres. */
    NEAREST_EXACT
  }

  /** Loads the program; it lives as long as {@code torch}. */
  public LatentResizing(Torch torch) {
    this.program =
        Program.load(
            torch, Program.Source.beside(UNet.class, "latent_resizing.torchscript.py"), List.of());
  }

  /**
   * Resizes a latent.
   *
   * @param latent a latent of the first shape
   * @param from its shape
   * @param to the shape of the resized latent, with as many channels
   * @param scope a manager for temporary tensors
   * @return the same array if the shapes are equal
   */
  public float[] resize(
      Mode mode, float[] latent, LatentShape from, LatentShape to, NDManager scope) {
    if (from.equals(to)) {
      return latent;
    }
    try (NDManager work = scope.newSubManager()) {
      NDArray input = Torch.floats(work, latent, 1, from.channels(), from.height(), from.width());
      return program
          .call(mode.name().toLowerCase(Locale.ROOT))
          .tensor(input)
          .integers(to.height(), to.width())
          .run(work)
          .toFloatArray();
    }
  }
}
