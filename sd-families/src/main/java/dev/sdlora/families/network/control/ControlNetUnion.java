package dev.sdlora.families.network.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.network.SizeConditions;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;

/**
 * One ControlNet for control images of several types, of which any number act at once (ControlNet++
 * by xinsir; Union has 6 types, ProMax 8).
 */
public final class ControlNetUnion {
  private static final List<Program.Source> METHODS =
      Program.Source.join(
          List.of(
              ControlNet.METHODS,
              Program.Source.beside(UNet.class, "controlnet_union.torchscript.py")));

  private final Program program;
  private final ControlNetUnionConfig config;
  private final LiveWeights weights;
  private final ControlNet base;

  /** Creates a ControlNet Union; the weights are not closed with it. */
  public ControlNetUnion(Torch torch, ControlNetUnionConfig config, LiveWeights weights) {
    this(Program.load(torch, METHODS, UNet.FUNCTIONS), config, weights, Tiling.NONE);
  }

  private ControlNetUnion(
      Program program, ControlNetUnionConfig config, LiveWeights weights, Tiling tiling) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.base = new ControlNet(program, config.base(), weights, tiling);
  }

  /** Returns the same network with wrap-around padding at some edges, for tileable images. */
  public ControlNetUnion tiling(Tiling edges) {
    return new ControlNetUnion(program, config, weights, edges);
  }

  /** The dimensions of the network. */
  public ControlNetUnionConfig config() {
    return config;
  }

  /**
   * A control image in one call of the network.
   *
   * @param hint the image as {@link #hint} encodes it
   * @param type the number of its type
   * @param weight the factor applied to it
   */
  public record Shown(NDArray hint, int type, double weight) {}

  /**
   * Encodes a control image, once for all steps.
   *
   * @param image float32 [1, 3, height, width], 0 to 1
   * @param scope the manager that will own the result
   * @return float32 [1, first channels, height / 8, width / 8]
   */
  public NDArray hint(NDArray image, NDManager scope) {
    return base.hint(image, scope);
  }

  /**
   * Computes the residuals that the U-Net adds to its blocks.
   *
   * @param latents the input of the U-Net; additional channels are ignored
   * @param times the input of the U-Net
   * @param context the input of the U-Net
   * @param vector the input of the U-Net
   * @param images one or more control images
   * @param scales float32 [outputs, batch]: a factor for each output and member of the batch
   * @param scope the manager that will own the results
   * @return float32, one for each output of the U-Net's encoder, and one for its middle block
   */
  public List<NDArray> residuals(
      NDArray latents,
      NDArray times,
      NDArray context,
      NDArray vector,
      List<Shown> images,
      NDArray scales,
      NDManager scope) {
    try (NDManager inner = scope.newSubManager()) {
      NDArray joined =
          program
              .call("joined")
              .list(images.stream().map(Shown::hint).toArray(NDArray[]::new))
              .integers(images.stream().mapToLong(Shown::type).toArray())
              .numbers(images.stream().mapToDouble(Shown::weight).toArray())
              .tensors(weights.dict())
              .integer(config.layers())
              .run(inner);
      NDArray types = types(images, inner);
      return base.residuals(latents, times, context, vector, types, joined, scales, scope);
    }
  }

  /** Embeds one number for each type, 1 if an image has it and 0 if none does. */
  private NDArray types(List<Shown> images, NDManager scope) {
    double[] present = new double[config.types()];
    images.forEach(image -> present[image.type()] = 1);
    int width = config.types() * config.typeWidth();
    return Torch.floats(scope, SizeConditions.vector(new float[0], present, width), 1, width);
  }
}
