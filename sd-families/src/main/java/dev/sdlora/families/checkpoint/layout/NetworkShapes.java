package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.prompt.tokens.TokenChunk;
import dev.sdlora.tensors.entry.TensorEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;

/** Reads the dimensions of networks from the shapes of their tensors. */
public final class NetworkShapes {
  /** Width of attention heads at every level in families after SD 1.x. */
  private static final int HEAD_WIDTH = 64;

  /** Width of attention heads in U-Nets narrower than any published one; only test models are. */
  private static final int NARROW_HEAD_WIDTH = 8;

  /** The groups in every norm of U-Nets, ControlNets and VAEs. */
  private static final int NORM_GROUPS = 32;

  /** Channels in the first level of the published models. */
  public static final int FULL_SIZE_CHANNELS = 320;

  /** Upper bounds, far above any real network, but small enough to list all weights. */
  public static final int MAX_LEVELS = 8;

  public static final int MAX_LAYERS = 16;
  static final int MAX_TRANSFORMERS = 64;
  static final int MAX_CLIP_LAYERS = 256;

  /** Width of attention heads in published CLIP text encoders. */
  private static final int CLIP_HEAD_WIDTH = 64;

  /** Attention heads of encoders narrower than one such head; only test models are. */
  private static final int NARROW_CLIP_HEADS = 4;

  /** OpenCLIP encoders below this width are test models; real ones are at least 1,024 wide. */
  private static final int NARROW_OPEN_CLIP = 512;

  private static final String FIRST_KEYS = "transformer_blocks.0.attn2.to_k.weight";
  private static final String FIRST_VALUES = "transformer_blocks.0.attn2.to_v.weight";

  private NetworkShapes() {}

  /**
   * Reads the dimensions of a text encoder.
   *
   * @param layerPattern matches the names of layers in the file; its first group is the number
   * @param heads attention heads, or 0 to derive them from the width
   * @param kind the kind of CLIP model
   * @param reading the states that the U-Net reads
   * @param pooled whether the U-Net reads the pooled text embedding
   */
  public static ClipConfig clip(
      FileTensors tensors,
      Pattern layerPattern,
      int heads,
      ClipConfig.Kind kind,
      ClipConfig.Reading reading,
      boolean pooled) {
    String first = "text_model.encoder.layers.0.";
    int width =
        tensors.common(
            0,
            "text_model.final_layer_norm.weight",
            "text_model.final_layer_norm.bias",
            first + "layer_norm1.weight",
            first + "layer_norm2.weight");
    int number = heads > 0 ? heads : clipHeads(width, kind);
    requireDivisible(tensors, width, number);
    return new ClipConfig(
        width,
        tensors.count(layerPattern, MAX_CLIP_LAYERS),
        number,
        tensors.common(0, first + "mlp.fc1.bias", first + "mlp.fc1.weight"),
        tensors.common(0, "text_model.embeddings.token_embedding.weight"),
        positions(tensors),
        kind,
        reading,
        pooled ? tensors.common(0, "text_projection.weight") : 0);
  }

  /** Derives the attention heads of a text encoder from its width; no tensor shows them. */
  public static int clipHeads(int width, ClipConfig.Kind kind) {
    if (kind == ClipConfig.Kind.OPEN_CLIP && width < NARROW_OPEN_CLIP) {
      return Math.max(1, width / NARROW_HEAD_WIDTH);
    }
    return width % CLIP_HEAD_WIDTH == 0 ? width / CLIP_HEAD_WIDTH : NARROW_CLIP_HEADS;
  }

  /** Returns the attention heads of U-Nets after SD 1.x at a level with so many channels. */
  public static int unetHeads(int channels) {
    return Math.max(1, channels / (channels < FULL_SIZE_CHANNELS ? NARROW_HEAD_WIDTH : HEAD_WIDTH));
  }

  /** Reads the dimensions of a U-Net; see {@link #unetEncoder}. */
  public static UNetConfig unet(FileTensors tensors, UNetBlocks blocks, IntUnaryOperator heads) {
    if (blocks.transformers().first().isEmpty()) {
      tensors.common(
          1, "mid_block.attentions.0." + FIRST_KEYS); // Always throws, naming the missing tensor.
    }
    UNetConfig encoder = unetEncoder(tensors, blocks, heads);
    return encoder.withOutChannels(tensors.common(0, "conv_out.bias", "conv_out.weight"));
  }

  /**
   * Reads the dimensions of a U-Net from its encoder and its middle block; the output is assumed to
   * have the channels of the input. A network without transformers, like some ControlNets, reads no
   * text.
   *
   * @param blocks its blocks
   * @param headsOf returns the attention heads of a level by its channel count
   */
  public static UNetConfig unetEncoder(
      FileTensors tensors, UNetBlocks blocks, IntUnaryOperator headsOf) {
    List<Integer> channels = new ArrayList<>();
    List<Integer> heads = new ArrayList<>();
    for (int i = 0;
        i < Math.max(blocks.levels(), 1);
        i++) { // With no levels, this reports the first one as missing.
      int width = resnetWidth(tensors, "down_blocks." + i + ".resnets.0");
      channels.add(width);
      heads.add(headsOf.applyAsInt(width));
      if (blocks.transformers().inLevel(i)) {
        requireDivisible(tensors, width, heads.get(i));
      }
    }
    String attention = blocks.transformers().first().orElse("mid_block.attentions.0") + ".";
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
        blocks.layers(),
        blocks.transformers(),
        heads,
        blocks.transformers().first().isEmpty()
            ? 0
            : tensors.common(1, attention + FIRST_KEYS, attention + FIRST_VALUES),
        linear,
        width(tensors, "add_embedding.linear_1.weight"),
        width(tensors, "time_embedding.cond_proj.weight"));
  }

  /** Returns the input width of a layer; 0 if there is no such layer. */
  private static int width(FileTensors tensors, String name) {
    return tensors.find(name).isPresent() ? tensors.common(1, name) : 0;
  }

  /** Reads the dimensions of a VAE, given its levels and the residual blocks per encoder level. */
  public static VaeConfig vae(FileTensors tensors, int levels, int layers, LatentFormat format) {
    List<Integer> channels = new ArrayList<>();
    for (int i = 0; i < Math.max(levels, 1); i++) {
      channels.add(resnetWidth(tensors, "encoder.down_blocks." + i + ".resnets.0"));
    }
    int latent = latentChannels(tensors);
    int sampled = latent * format.patch() * format.patch();
    if (format.std().stream().anyMatch(deviation -> !(deviation > 0))) {
      throw new CheckpointException(
          "'%s': the standard deviations of the latents are %s, expected numbers above 0"
              .formatted(tensors.path(), format.std()),
          ErrorDetails.in(tensors.path()));
    }
    for (List<Double> perChannel : List.of(format.mean(), format.std())) {
      if (!perChannel.isEmpty()
          && (perChannel.size() != sampled
              || !perChannel.stream().allMatch(number -> Double.isFinite(number)))) {
        throw new CheckpointException(
            "'%s': the mean or standard deviation of the latents is %s, expected %s numbers"
                .formatted(tensors.path(), perChannel, sampled),
            ErrorDetails.in(tensors.path()));
      }
    }
    return new VaeConfig(channels, layers, latent, format);
  }

  /**
   * Returns the latent channels. Rejects the VAEs of later families, which lack this layer in front
   * of the decoder and have more channels.
   */
  private static int latentChannels(FileTensors tensors) {
    String last = "post_quant_conv.weight";
    Optional<TensorEntry> first = tensors.find("decoder.conv_in.weight");
    boolean later =
        tensors.find(last).isEmpty()
            && first
                .filter(entry -> entry.shape().size() == 4 && entry.shape().get(1) != 4)
                .isPresent();
    if (later) {
      throw new CheckpointException(
          "'%s': the VAE has latents of %s channels and no tensor '%s', like those of Stable Diffusion 3 and FLUX.1; expected 4 channels"
              .formatted(tensors.path(), first.get().shape().get(1), tensors.names().inFile(last)),
          ErrorDetails.in(tensors.path()));
    }
    return tensors.common(0, "post_quant_conv.bias", last);
  }

  private static void requireDivisible(FileTensors tensors, int width, int heads) {
    if (width % heads != 0) {
      throw new CheckpointException(
          "'%s': the %s is %s wide, which is not divisible by its %s attention heads"
              .formatted(tensors.path(), tensors.network(), width, heads),
          ErrorDetails.in(tensors.path()));
    }
  }

  private static int resnetWidth(FileTensors tensors, String block) {
    int width =
        tensors.common(
            0,
            block + ".norm2.weight",
            block + ".norm2.bias",
            block + ".conv1.bias",
            block + ".conv2.bias");
    if (width % NORM_GROUPS != 0) {
      throw new CheckpointException(
          "'%s': the %s has a level of %s channels, which is not divisible by the %s groups of its norms"
              .formatted(tensors.path(), tensors.network(), width, NORM_GROUPS),
          ErrorDetails.in(tensors.path()));
    }
    return width;
  }

  /** Returns the tokens that a text encoder reads at once: at least one prompt chunk. */
  private static int positions(FileTensors tensors) {
    int positions = tensors.common(0, "text_model.embeddings.position_embedding.weight");
    if (positions < TokenChunk.LENGTH) {
      throw new CheckpointException(
          "'%s': the %s reads %s tokens at once, expected at least %s"
              .formatted(tensors.path(), tensors.network(), positions, TokenChunk.LENGTH),
          ErrorDetails.in(tensors.path()));
    }
    return positions;
  }
}
