package dev.sdlora.families.network.vae;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.network.WeightList;
import dev.sdlora.sampler.noise.LatentShape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of the variational autoencoder.
 *
 * @param channels channels of each level of the encoder, from the largest resolution to the
 *     smallest
 * @param decoderChannels channels of each level of the decoder in the same order, as many
 * @param layers residual blocks in each level of the encoder; one more in the decoder
 * @param latentChannels channels of a latent
 * @param quantConvs whether there is a 1×1 convolution on either side of the latent; the
 *     autoencoders of Stable Diffusion 3 and FLUX.1 have none
 * @param format the conversion of the encoder's latents to those of the sampler
 */
public record VaeConfig(
    List<Integer> channels,
    List<Integer> decoderChannels,
    int layers,
    int latentChannels,
    boolean quantConvs,
    LatentFormat format) {

  /** Creates a configuration whose latents are scaled to unit variance by a factor. */
  public VaeConfig(List<Integer> channels, int layers, int latentChannels, double latentScale) {
    this(channels, layers, latentChannels, LatentFormat.scaledBy(latentScale));
  }

  /** Creates a configuration with 1×1 convolutions and a decoder as wide as the encoder. */
  public VaeConfig(List<Integer> channels, int layers, int latentChannels, LatentFormat format) {
    this(channels, channels, layers, latentChannels, true, format);
  }

  /** Copies the lists. */
  public VaeConfig {
    channels = List.copyOf(channels);
    decoderChannels = List.copyOf(decoderChannels);
    if (channels.size() != decoderChannels.size()) {
      throw new IllegalArgumentException(
          "the encoder has %s levels and the decoder %s, which must be the same number"
              .formatted(channels.size(), decoderChannels.size()));
    }
  }

  /**
   * Returns a copy without the 1×1 convolutions, such as the autoencoders of Stable Diffusion 3 and
   * FLUX.1.
   */
  public VaeConfig withoutQuantConvs() {
    return new VaeConfig(channels, decoderChannels, layers, latentChannels, false, format);
  }

  /** Returns a copy with a decoder of other widths, as many as there are levels. */
  public VaeConfig withDecoder(List<Integer> widths) {
    return new VaeConfig(channels, widths, layers, latentChannels, quantConvs, format);
  }

  /** The factor that scales latents of the encoder to unit variance. */
  public double latentScale() {
    return format.scale();
  }

  /** The number of levels. */
  public int levels() {
    return channels.size();
  }

  /** The number of pixels per position of the encoder's latents, along each side. */
  public int factor() {
    return 1 << (levels() - 1);
  }

  /** The channels of the sampler's latents. */
  public int sampledChannels() {
    return latentChannels * format.patch() * format.patch();
  }

  /** The number of pixels per position of the sampler's latents, along each side. */
  public int sampledFactor() {
    return factor() * format.patch();
  }

  /** Returns the shape of the sampler's latent of an image. */
  public LatentShape sampledShape(ImageSize size) {
    return new LatentShape(
        sampledChannels(), size.height() / sampledFactor(), size.width() / sampledFactor());
  }

  /**
   * Selects the entries of one half of an autoencoder.
   *
   * @param weights values by weight name
   * @param encoder whether to select the encoder
   */
  public static <T> Map<String, T> half(Map<String, T> weights, boolean encoder) {
    Map<String, T> half = new LinkedHashMap<>(weights);
    half.keySet()
        .removeIf(
            name -> encoder != (name.startsWith("encoder.") || name.startsWith("quant_conv.")));
    return half;
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    int last = channels.get(levels() - 1);
    list.conv("encoder.conv_in", 3, channels.get(0), 3);
    int in = channels.get(0);
    for (int i = 0; i < levels(); i++) {
      int out = channels.get(i);
      in = resnets(list, "encoder.down_blocks." + i, in, out, layers);
      if (i < levels() - 1) {
        list.conv("encoder.down_blocks." + i + ".downsamplers.0.conv", out, out, 3);
      }
    }
    middle(list, "encoder.mid_block", last);
    list.norm("encoder.conv_norm_out", last);
    list.conv("encoder.conv_out", last, 2L * latentChannels, 3);
    if (quantConvs) {
      list.conv("quant_conv", 2L * latentChannels, 2L * latentChannels, 1);
      list.conv("post_quant_conv", latentChannels, latentChannels, 1);
    }
    last = decoderChannels.get(levels() - 1);
    list.conv("decoder.conv_in", latentChannels, last, 3);
    middle(list, "decoder.mid_block", last);
    in = last;
    for (int i = 0; i < levels(); i++) {
      int out = decoderChannels.get(levels() - 1 - i);
      in = resnets(list, "decoder.up_blocks." + i, in, out, layers + 1);
      if (i < levels() - 1) {
        list.conv("decoder.up_blocks." + i + ".upsamplers.0.conv", out, out, 3);
      }
    }
    list.norm("decoder.conv_norm_out", decoderChannels.get(0));
    list.conv("decoder.conv_out", decoderChannels.get(0), 3, 3);
    return list.shapes();
  }

  private static int resnets(WeightList list, String block, int in, int out, int count) {
    for (int j = 0; j < count; j++) {
      list.resnet(block + ".resnets." + j, j == 0 ? in : out, out, 0);
    }
    return out;
  }

  private static void middle(WeightList list, String name, int width) {
    list.resnet(name + ".resnets.0", width, width, 0);
    list.norm(name + ".attentions.0.group_norm", width);
    for (String part : List.of("to_q", "to_k", "to_v", "to_out.0")) {
      list.linear(name + ".attentions.0." + part, width, width);
    }
    list.resnet(name + ".resnets.1", width, width, 0);
  }
}
