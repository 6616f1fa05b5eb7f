package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import java.util.List;
import java.util.Locale;

/** Latents brought to another size by interpolation, as PyTorch's {@code interpolate} does. */
public final class LatentResizing {
  private final Program program;

  /** How the numbers between positions come about. */
  public enum Mode {
    /** Straight lines between the four nearest. */
    BILINEAR,
    /** The same, over all positions that a new one covers when the latent becomes smaller. */
    BILINEAR_ANTIALIASED,
    /** Cubic convolution of the sixteen nearest, a = −0.75. */
    BICUBIC,
    /** Cubic convolution with a = −0.5, over all that a new one covers. */
    BICUBIC_ANTIALIASED,
    /** The value at the nearest position, counted by corners. */
    NEAREST,
    /** The value at the nearest position, counted by centres. */
    NEAREST_EXACT
  }

  /** A program that lives as long as its owner. */
  public LatentResizing(Torch torch) {
    this.program =
        Program.load(
            torch,
            Program.Source.beside(LatentResizing.class, "latent_resizing.torchscript.py"),
            List.of());
  }

  /**
   * A latent of another size.
   *
   * @param latent [channels][height / 8][width / 8]
   * @param from the size of its image
   * @param to the size of the new one's image
   * @param scope a manager for what is needed on the way
   * @return itself if the sizes are equal
   */
  public float[] resize(Mode mode, float[] latent, ImageSize from, ImageSize to, NDManager scope) {
    if (from.equals(to)) {
      return latent;
    }
    int height = from.height() / 8;
    int width = from.width() / 8;
    try (NDManager work = scope.newSubManager()) {
      NDArray input =
          Torch.floats(work, latent, 1, latent.length / (height * width), height, width);
      return program
          .call(mode.name().toLowerCase(Locale.ROOT))
          .tensor(input)
          .integers(to.height() / 8, to.width() / 8)
          .run(work)
          .toFloatArray();
    }
  }
}
