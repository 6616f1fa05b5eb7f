package dev.sdlora.families.network.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.network.Edges;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/**
 * A trained copy of a U-Net's encoder that makes it follow an image (Zhang et al. 2023, "Adding
 * Conditional Control to Text-to-Image Diffusion Models").
 */
public final class ControlNet {
  /** The TorchScript source of its methods. */
  static final List<Program.Source> METHODS =
      Program.Source.beside(UNet.class, "controlnet.torchscript.py");

  private final Program program;
  private final ControlNetConfig config;
  private final LiveWeights weights;
  private final Tiling tiling;

  /** Creates a ControlNet; the weights are not closed with it. */
  public ControlNet(Torch torch, ControlNetConfig config, LiveWeights weights) {
    this(Program.load(torch, METHODS, UNet.FUNCTIONS), config, weights, Tiling.NONE);
  }

  /** Creates a ControlNet in a program that has its methods and others. */
  ControlNet(Program program, ControlNetConfig config, LiveWeights weights, Tiling tiling) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.tiling = tiling;
  }

  /** Returns the same network with wrap-around padding at some edges, for tileable images. */
  public ControlNet tiling(Tiling edges) {
    return new ControlNet(program, config, weights, edges);
  }

  /** The dimensions of the network. */
  public ControlNetConfig config() {
    return config;
  }

  /**
   * Encodes a control image, once for all steps.
   *
   * @param picture float32 [1, 3, height, width], 0 to 1
   * @param scope the manager that will own the result
   * @return float32 [1, first channels, height / 8, width / 8]
   */
  public NDArray hint(NDArray picture, NDManager scope) {
    return program
        .call("hint")
        .tensor(picture)
        .tensors(weights.dict())
        .integer(config.hintBlocks())
        .integer(Edges.code(tiling))
        .run(scope);
  }

  /**
   * Computes the residuals that the U-Net adds to its blocks.
   *
   * @param latents the input of the U-Net; additional channels are ignored
   * @param times the input of the U-Net
   * @param context the input of the U-Net
   * @param vector the input of the U-Net
   * @param hint the encoded control image
   * @param scales float32 [outputs, batch]: a factor for each output and member of the batch
   * @param scope the manager that will own the results
   * @return float32, one for each output of the U-Net's encoder, and one for its middle block
   */
  public List<NDArray> residuals(
      NDArray latents,
      NDArray times,
      NDArray context,
      NDArray vector,
      NDArray hint,
      NDArray scales,
      NDManager scope) {
    return residuals(latents, times, context, vector, vector, hint, scales, scope);
  }

  /**
   * Computes the residuals for control images of several types.
   *
   * @param types float32 [1, T]: the types, if the network is a ControlNet Union; others ignore it
   */
  List<NDArray> residuals(
      NDArray latents,
      NDArray times,
      NDArray context,
      NDArray vector,
      NDArray types,
      NDArray hint,
      NDArray scales,
      NDManager scope) {
    return program
        .call("residuals")
        .tensor(latents)
        .tensor(times)
        .tensor(context)
        .tensor(hint)
        .tensor(vector)
        .tensor(types)
        .tensors(weights.dict())
        .integers(config.unet().headCounts())
        .integer(Edges.code(tiling))
        .tensor(scales)
        .runForList(scope);
  }
}
