package dev.sdlora.families.network.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;

/** CLIP's vision transformer (Radford et al. 2021), as OpenCLIP trains it, with exact GELU. */
public final class VisionEncoder {
  private final Program program;
  private final VisionConfig config;
  private final LiveWeights weights;

  /** Creates an encoder; the weights are not closed with it. */
  public VisionEncoder(Torch torch, VisionConfig config, LiveWeights weights) {
    this.program =
        Program.load(
            torch,
            UNet.class,
            "vision.torchscript.py",
            "products.torchscript.py",
            "weight.torchscript.py",
            "layers.torchscript.py");
    this.config = config;
    this.weights = weights;
  }

  /** The dimensions of the encoder. */
  public VisionConfig config() {
    return config;
  }

  /**
   * Encodes an image as one vector.
   *
   * @param pixels float32 [1, 3, side, side], normalised by CLIP's mean and deviation
   * @param scope the manager that will own the result
   * @return float32 [1, projection]
   */
  public NDArray pooled(NDArray pixels, NDManager scope) {
    return run("pooled", config.layers(), pixels, scope);
  }

  /**
   * Encodes an image as the states of all positions after the layer before the last, which are not
   * normalised.
   *
   * @param pixels float32 [1, 3, side, side], normalised by CLIP's mean and deviation
   * @param scope the manager that will own the result
   * @return float32 [1, positions, width]
   */
  public NDArray states(NDArray pixels, NDManager scope) {
    return run("states", config.layers() - 1, pixels, scope);
  }

  private NDArray run(String method, int layers, NDArray pixels, NDManager scope) {
    return program
        .call(method)
        .tensor(pixels)
        .tensors(weights.dict())
        .integer(VisionConfig.HEADS)
        .integer(layers)
        .run(scope);
  }
}
