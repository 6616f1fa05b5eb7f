package dev.sdlora.pipeline.network;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of the variational autoencoder.
 *
 * @param channels channels of each level, from the largest resolution to the smallest
 * @param layers residual blocks in each level of the encoder; one more in the decoder
 * @param latentChannels channels of a latent
 * @param format the conversion of the encoder's latents to unit variance
 */
public record VaeConfig(
    List<Integer> channels, int layers, int latentChannels, LatentFormat format) {

  /** Creates a configuration whose latents are scaled to unit variance by a factor. */
  public VaeConfig(List<Integer> channels, int layers, int latentChannels, double latentScale) {
    this(channels, layers, latentChannels, LatentFormat.scaledBy(latentScale));
  }

  /** Copies the list. */
  public VaeConfig {
    channels = List.copyOf(channels);
  }

  /** The factor that scales latents of the encoder to unit variance. */
  public double latentScale() {
    return format.scale();
  }

  /** The number of levels. */
  public int levels() {
    return channels.size();
  }

  /** The number of pixels per latent position, along each side. */
  public int factor() {
    return 1 << (levels() - 1);
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
    list.conv("quant_conv", 2L * latentChannels, 2L * latentChannels, 1);

    list.conv("post_quant_conv", latentChannels, latentChannels, 1);
    list.conv("decoder.conv_in", latentChannels, last, 3);
    middle(list, "decoder.mid_block", last);
    in = last;
    for (int i = 0; i < levels(); i++) {
      int out = channels.get(levels() - 1 - i);
      in = resnets(list, "decoder.up_blocks." + i, in, out, layers + 1);
      if (i < levels() - 1) {
        list.conv("decoder.up_blocks." + i + ".upsamplers.0.conv", out, out, 3);
      }
    }
    list.norm("decoder.conv_norm_out", channels.get(0));
    list.conv("decoder.conv_out", channels.get(0), 3, 3);
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
