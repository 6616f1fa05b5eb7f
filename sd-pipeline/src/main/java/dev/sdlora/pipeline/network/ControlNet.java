package dev.sdlora.pipeline.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/**
 * A trained copy of a U-Net's way down that makes it follow an image (Zhang et al. 2023, "Adding
 * Conditional Control to Text-to-Image Diffusion Models").
 */
public final class ControlNet {
  private final Program program;
  private final ControlNetConfig config;
  private final LiveWeights weights;
  private final Tiling tiling;

  /** A ControlNet over weights that it does not own. */
  public ControlNet(Torch torch, ControlNetConfig config, LiveWeights weights) {
    this(
        Program.load(
            torch, Program.Source.beside(UNet.class, "controlnet.torchscript.py"), UNet.FUNCTIONS),
        config,
        weights,
        Tiling.NONE);
  }

  private ControlNet(Program program, ControlNetConfig config, LiveWeights weights, Tiling tiling) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.tiling = tiling;
  }

  /** The same network for images some of whose edges continue at the opposite edge. */
  public ControlNet tiling(Tiling edges) {
    return new ControlNet(program, config, weights, edges);
  }

  /** The dimensions. */
  public ControlNetConfig config() {
    return config;
  }

  /**
   * Reads an image to follow, once for all steps.
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
   * What the U-Net is to add to its blocks.
   *
   * @param latents as the U-Net takes them; channels beyond its own are not looked at
   * @param times as the U-Net takes them
   * @param context as the U-Net takes it
   * @param vector as the U-Net takes it
   * @param hint of the image to follow
   * @param scales float32 [outputs, batch]: a factor on each output for each member of the batch
   * @param scope the manager that will own the results
   * @return float32, for each output of the U-Net's way down, and for its middle
   */
  public List<NDArray> residuals(
      NDArray latents,
      NDArray times,
      NDArray context,
      NDArray vector,
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
        .tensors(weights.dict())
        .integers(config.unet().headCounts())
        .integer(Edges.code(tiling))
        .tensor(scales)
        .runForList(scope);
  }
}
