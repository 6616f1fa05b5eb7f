package dev.sdlora.families.network.vae;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.network.Edges;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;

/**
 * The decoder of TAESD (Bohan 2023) or of one of its successors for other latents, which
 * approximates the VAE's in a hundredth of the time.
 */
public final class TinyDecoder {
  private final Program program;
  private final TinyDecoderConfig config;
  private final LiveWeights weights;

  /** Creates a decoder; the weights are not closed with it. */
  public TinyDecoder(Torch torch, TinyDecoderConfig config, LiveWeights weights) {
    this.program =
        Program.load(
            torch,
            UNet.class,
            "tiny_decoder.torchscript.py",
            "products.torchscript.py",
            "weight.torchscript.py",
            "layers.torchscript.py");
    this.config = config;
    this.weights = weights;
  }

  /**
   * Decodes latents to pixels.
   *
   * @param latents float32 [batch, channels, h, w], at unit variance
   * @param tiling the edges that wrap around
   * @param scope the manager that will own the result
   * @return float32 [batch, 3, 8h, 8w], about -1 to 1
   */
  public NDArray decode(NDArray latents, Tiling tiling, NDManager scope) {
    return program
        .call("decode")
        .tensor(latents)
        .tensors(weights.dict())
        .integers(config.blocks().stream().mapToLong(Integer::longValue).toArray())
        .integer(Edges.code(tiling))
        .run(scope);
  }
}
