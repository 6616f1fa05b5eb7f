package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the dimensions of networks off the shapes of their tensors. */
final class NetworkShapes {
  /** SD 1.x and 2.x latents; no tensor tells it. */
  static final double LATENT_SCALE = 0.18215;

  /** Far more of each than any network has, and few enough to list all weights of one. */
  static final int MAX_LEVELS = 8;

  static final int MAX_LAYERS = 16;
  static final int MAX_TRANSFORMERS = 64;
  static final int MAX_CLIP_LAYERS = 256;

  /** Published CLIP text encoders have heads 64 wide. */
  private static final int CLIP_HEAD_WIDTH = 64;

  /** What encoders too narrow for such a head are taken to have; only test models are. */
  private static final int NARROW_CLIP_HEADS = 4;

  private NetworkShapes() {}

  /**
   * A text encoder.
   *
   * @param layerPattern matches the names of layers in the file, the number first
   * @param heads attention heads, or 0 for what the width suggests
   */
  static ClipConfig clip(FileTensors tensors, Pattern layerPattern, int heads) {
    String first = "text_model.encoder.layers.0.";
    int width =
        tensors.common(
            0,
            "text_model.final_layer_norm.weight",
            "text_model.final_layer_norm.bias",
            first + "layer_norm1.weight",
            first + "layer_norm2.weight");
    int suggested = width % CLIP_HEAD_WIDTH == 0 ? width / CLIP_HEAD_WIDTH : NARROW_CLIP_HEADS;
    requireDivisible(tensors, width, heads > 0 ? heads : suggested);
    return new ClipConfig(
        width,
        tensors.count(layerPattern, MAX_CLIP_LAYERS),
        heads > 0 ? heads : suggested,
        tensors.common(0, first + "mlp.fc1.bias", first + "mlp.fc1.weight"),
        tensors.common(0, "text_model.embeddings.token_embedding.weight"),
        tensors.common(0, "text_model.embeddings.position_embedding.weight"));
  }

  /** A U-Net; see {@link #unetEncoder}. */
  static UNetConfig unet(
      FileTensors tensors,
      int levels,
      int layers,
      List<Integer> depth,
      int middleDepth,
      int heads) {
    UNetConfig encoder = unetEncoder(tensors, levels, layers, depth, middleDepth, heads);
    return encoder.withOutChannels(tensors.common(0, "conv_out.bias", "conv_out.weight"));
  }

  /**
   * A U-Net by its way down and its middle; its output is taken to be like its input.
   *
   * @param levels how many levels it has
   * @param layers residual blocks in each level
   * @param depth transformer blocks of each level
   * @param middleDepth transformer blocks in the middle
   * @param heads attention heads
   */
  static UNetConfig unetEncoder(
      FileTensors tensors,
      int levels,
      int layers,
      List<Integer> depth,
      int middleDepth,
      int heads) {
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < Math.max(levels, 1); i++) { // Of none, the first one is missing.
      channels.add(resnetWidth(tensors, "down_blocks." + i + ".resnets.0"));
    }
    for (int i = 0; i < channels.size(); i++) {
      if (i == channels.size() - 1 || depth.get(i) > 0) {
        requireDivisible(tensors, channels.get(i), heads);
      }
    }
    String attention = "mid_block.attentions.0.";
    String cross = attention + "transformer_blocks.0.attn2.";
    boolean linear =
        tensors
            .find(attention + "proj_in.weight")
            .or(() -> tensors.find(attention + "proj_out.weight"))
            .map(entry -> entry.shape().size() == 2)
            .orElse(false);
    int inChannels = tensors.common(1, "conv_in.weight");
    return new UNetConfig(
        inChannels,
        inChannels,
        channels,
        layers,
        depth,
        middleDepth,
        heads,
        tensors.common(1, cross + "to_k.weight", cross + "to_v.weight"),
        linear);
  }

  /** A VAE of known levels and residual blocks in each level of the encoder. */
  static VaeConfig vae(FileTensors tensors, int levels, int layers, double latentScale) {
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < Math.max(levels, 1); i++) {
      channels.add(resnetWidth(tensors, "encoder.down_blocks." + i + ".resnets.0"));
    }
    int latent = tensors.common(0, "post_quant_conv.bias", "post_quant_conv.weight");
    return new VaeConfig(channels, layers, latent, latentScale);
  }

  private static void requireDivisible(FileTensors tensors, int width, int heads) {
    if (width % heads != 0) {
      throw new CheckpointException(
          "'%s': the %s is %s wide, which %s attention heads cannot share evenly"
              .formatted(tensors.file().path(), tensors.network(), width, heads),
          ErrorDetails.in(tensors.file().path()));
    }
  }

  private static int resnetWidth(FileTensors tensors, String block) {
    return tensors.common(
        0,
        block + ".norm2.weight",
        block + ".norm2.bias",
        block + ".conv1.bias",
        block + ".conv2.bias");
  }
}
