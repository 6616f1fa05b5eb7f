package dev.sdlora.families.network.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImagePrompt.EmbedsScaling;
import dev.sdlora.families.network.UNet;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.Arrays;
import java.util.List;

/**
 * Keys and values by which the attention layers of a U-Net read an image next to the text (Ye et
 * al. 2023, "IP-Adapter").
 */
public final class ImageAdapter {
  /** The channels of a layer whose weight a penalty leaves as it is. */
  private static final double FULL = 1280;

  private final Program program;
  private final ImageAdapterConfig config;
  private final LiveWeights weights;

  /** Creates an adapter; the weights are not closed with it. */
  public ImageAdapter(Torch torch, ImageAdapterConfig config, LiveWeights weights) {
    this.program =
        Program.load(
            torch,
            UNet.class,
            "image_adapter.torchscript.py",
            "products.torchscript.py",
            "weight.torchscript.py",
            "layers.torchscript.py",
            "resampler.torchscript.py");
    this.config = config;
    this.weights = weights;
  }

  /** The dimensions of the adapter. */
  public ImageAdapterConfig config() {
    return config;
  }

  /**
   * Makes tokens of encoded images.
   *
   * @param encoded float32 [images, width] or [images, states, width]: what the adapter reads of
   *     the vision encoder
   * @param scope the manager that will own the result
   * @return float32 [images, tokens, text width]
   */
  public NDArray tokens(NDArray encoded, NDManager scope) {
    return program
        .call("tokens")
        .tensor(encoded)
        .tensors(weights.dict())
        .integer(config.heads())
        .integer(config.depth())
        .run(scope);
  }

  /**
   * Computes the keys and values of tokens in all layers.
   *
   * @param tokens float32 [1, tokens, text width]
   * @param factors the prompt's weight in each layer
   * @param scaling what the weights scale, by the rules of ComfyUI's IPAdapter Plus
   * @param scope the manager that will own the results
   * @return for each layer keys and values, [1, tokens, channels], in the weights' dtype
   */
  public List<NDArray> keys(
      NDArray tokens, double[] factors, EmbedsScaling scaling, NDManager scope) {
    double[] ofValues = factors.clone();
    if (scaling == EmbedsScaling.K_AND_V_WITH_PENALTY
        || scaling == EmbedsScaling.K_AND_MEAN_V_WITH_PENALTY) {
      for (int i = 0; i < ofValues.length; i++) {
        ofValues[i] *= config.layers().get(i) / FULL;
      }
    }
    double[] ofKeys = ofValues.clone();
    if (scaling == EmbedsScaling.V_ONLY) {
      Arrays.fill(ofKeys, 1);
    }
    return program
        .call("keys")
        .tensor(tokens)
        .tensors(weights.dict())
        .numbers(ofKeys)
        .numbers(ofValues)
        .integer(scaling == EmbedsScaling.K_AND_MEAN_V_WITH_PENALTY ? 1 : 0)
        .runForList(scope);
  }
}
