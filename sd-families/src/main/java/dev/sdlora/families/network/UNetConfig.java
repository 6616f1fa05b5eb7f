package dev.sdlora.families.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The dimensions of a U-Net.
 *
 * @param inChannels channels of the input, 4 for a plain latent; more for models with additional
 *     inputs such as a mask
 * @param outChannels channels of the output
 * @param channels channels of each level, from the largest resolution to the smallest
 * @param layers residual blocks in each encoder level; the decoder has one more
 * @param transformers the number of transformer blocks at each place
 * @param heads attention heads of each level
 * @param contextWidth size of a text encoder state; 0 for a ControlNet without text input
 * @param linearProjection whether transformers start with linear layers, not 1×1 convolutions
 * @param vectorWidth size of the input for pooled text and sizes; 0 for none
 * @param guidanceWidth size of the guidance embedding; 0 for none
 */
public record UNetConfig(
    int inChannels,
    int outChannels,
    List<Integer> channels,
    int layers,
    Transformers transformers,
    List<Integer> heads,
    int contextWidth,
    boolean linearProjection,
    int vectorWidth,
    int guidanceWidth) {
  /** Copies the lists. */
  public UNetConfig {
    channels = List.copyOf(channels);
    heads = List.copyOf(heads);
  }

  /**
   * Creates the configuration of a U-Net with uniform levels and only timestep and text as inputs,
   * as in SD 1.x and 2.x.
   *
   * @param inChannels channels of the input
   * @param outChannels channels of the output
   * @param channels channels of each level, from the largest resolution to the smallest
   * @param layers residual blocks in each encoder level
   * @param depth transformer blocks after each residual block of each level, 0 for none
   * @param middleDepth transformer blocks in the middle
   * @param heads attention heads at every level
   * @param contextWidth size of a text encoder state
   * @param linearProjection whether transformers start with linear layers
   */
  public UNetConfig(
      int inChannels,
      int outChannels,
      List<Integer> channels,
      int layers,
      List<Integer> depth,
      int middleDepth,
      int heads,
      int contextWidth,
      boolean linearProjection) {
    this(
        inChannels,
        outChannels,
        channels,
        layers,
        Transformers.ofLevels(layers, depth, middleDepth),
        Collections.nCopies(channels.size(), heads),
        contextWidth,
        linearProjection,
        0,
        0);
  }

  /**
   * Returns the input channels of an inpainting model: the latent, a mask, and the latent of the
   * image without the masked part.
   *
   * @param latent channels of a latent
   */
  public static int inpaintingChannels(int latent) {
    return 2 * latent + 1;
  }

  /**
   * Returns the input channels of a model that edits images by instructions: the latent, and that
   * of the image (Brooks et al. 2023, "InstructPix2Pix").
   *
   * @param latent channels of a latent
   */
  public static int editingChannels(int latent) {
    return 2 * latent;
  }

  /** Whether this model edits images by instructions. */
  public boolean isEditing() {
    return inChannels == editingChannels(outChannels);
  }

  /** Whether this is an inpainting model. */
  public boolean isInpainting() {
    return inChannels == inpaintingChannels(outChannels);
  }

  /** Returns a copy with another number of output channels. */
  public UNetConfig withOutChannels(int number) {
    return new UNetConfig(
        inChannels,
        number,
        channels,
        layers,
        transformers,
        heads,
        contextWidth,
        linearProjection,
        vectorWidth,
        guidanceWidth);
  }

  /** Returns a copy without a decoder, as in a ControlNet. */
  public UNetConfig withoutWayUp() {
    return new UNetConfig(
        inChannels,
        outChannels,
        channels,
        layers,
        new Transformers(transformers.down(), transformers.middle(), List.of()),
        heads,
        contextWidth,
        linearProjection,
        vectorWidth,
        guidanceWidth);
  }

  /**
   * Whether a ControlNet with this encoder takes the inputs of another U-Net, and has outputs that
   * it can add. It may have fewer transformers: ControlNets for SDXL fit SSD-1B, and some have
   * none.
   */
  public boolean fitsBeside(UNetConfig other) {
    boolean sameText =
        contextWidth == 0
            || (contextWidth == other.contextWidth && linearProjection == other.linearProjection);
    return sameText
        && channels.equals(other.channels)
        && layers == other.layers
        && vectorWidth == other.vectorWidth;
  }

  /** The number of levels. */
  public int levels() {
    return channels.size();
  }

  /**
   * Returns the attention heads of the level with this number of channels, or 1 if there is none.
   */
  public int headsOf(int width) {
    int level = channels.indexOf(width);
    return level < 0 ? 1 : heads.get(level);
  }

  /** Returns the attention heads of each level for the programs, which infer everything else. */
  public long[] headCounts() {
    return heads.stream().mapToLong(Integer::longValue).toArray();
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    int first = channels.get(0);
    encoder(list);
    up(list, 4 * first);
    list.norm("conv_norm_out", first);
    list.conv("conv_out", first, outChannels, 3);
    return list.shapes();
  }

  /** Adds the encoder and the middle block, which a ControlNet also has. */
  public void encoder(WeightList list) {
    int first = channels.get(0);
    int last = channels.get(levels() - 1);
    int time = 4 * first;
    list.conv("conv_in", inChannels, first, 3);
    list.linear("time_embedding.linear_1", first, time);
    list.linear("time_embedding.linear_2", time, time);
    if (guidanceWidth > 0) {
      list.add("time_embedding.cond_proj.weight", first, guidanceWidth);
    }
    if (vectorWidth > 0) {
      list.linear("add_embedding.linear_1", vectorWidth, time);
      list.linear("add_embedding.linear_2", time, time);
    }
    down(list, time);
    if (transformers.middle().isPresent()) {
      int depth = transformers.middle().getAsInt();
      list.resnet("mid_block.resnets.0", last, last, time);
      if (depth > 0) {
        transformer(list, "mid_block.attentions.0", last, depth);
        list.resnet("mid_block.resnets.1", last, last, time);
      }
    }
  }

  /**
   * Whether any level has transformers whose resolution is reduced by at most this factor. SDXL has
   * none at 1.
   *
   * @param downsample 1, 2, 4, 8
   */
  public boolean attendsAt(int downsample) {
    return IntStream.range(0, levels())
        .filter(level -> 1 << level <= downsample)
        .anyMatch(transformers::inLevel);
  }

  /** The number of skip connections from the encoder to the decoder. */
  public int branches() {
    return skips().size();
  }

  /** The channels of the skip connections, starting with that of the input layer. */
  public List<Integer> skips() {
    List<Integer> skips = new ArrayList<>(List.of(channels.get(0)));
    for (int i = 0; i < levels(); i++) {
      int outputs = i < levels() - 1 ? layers + 1 : layers;
      skips.addAll(Collections.nCopies(outputs, channels.get(i)));
    }
    return skips;
  }

  private void down(WeightList list, int time) {
    int in = channels.get(0);
    for (int i = 0; i < levels(); i++) {
      String block = "down_blocks." + i;
      int out = channels.get(i);
      for (int j = 0; j < layers; j++) {
        list.resnet(block + ".resnets." + j, in, out, time);
        transformer(list, block + ".attentions." + j, out, transformers.down().get(i).get(j));
        in = out;
      }
      if (i < levels() - 1) {
        list.conv(block + ".downsamplers.0.conv", out, out, 3);
      }
    }
  }

  private void up(WeightList list, int time) {
    int in = channels.get(levels() - 1);
    for (int i = 0; i < levels(); i++) {
      String block = "up_blocks." + i;
      int level = levels() - 1 - i;
      int out = channels.get(level);
      for (int j = 0; j <= layers; j++) {
        // The last residual block of a level takes the skip connection from that level's input.
        int skip = j < layers ? out : channels.get(Math.max(level - 1, 0));
        list.resnet(block + ".resnets." + j, in + skip, out, time);
        transformer(list, block + ".attentions." + j, out, transformers.up().get(i).get(j));
        in = out;
      }
      if (level > 0) {
        list.conv(block + ".upsamplers.0.conv", out, out, 3);
      }
    }
  }

  private void transformer(WeightList list, String name, int width, int blocks) {
    if (blocks == 0) {
      return;
    }
    list.norm(name + ".norm", width);
    projection(list, name + ".proj_in", width);
    for (int i = 0; i < blocks; i++) {
      String block = name + ".transformer_blocks." + i;
      list.norm(block + ".norm1", width);
      attention(list, block + ".attn1", width, width);
      list.norm(block + ".norm2", width);
      attention(list, block + ".attn2", width, contextWidth);
      list.norm(block + ".norm3", width);
      list.linear(block + ".ff.net.0.proj", width, 8L * width);
      list.linear(block + ".ff.net.2", 4L * width, width);
    }
    projection(list, name + ".proj_out", width);
  }

  private void projection(WeightList list, String name, int width) {
    if (linearProjection) {
      list.linear(name, width, width);
    } else {
      list.conv(name, width, width, 1);
    }
  }

  private static void attention(WeightList list, String name, int width, int context) {
    list.add(name + ".to_q.weight", width, width);
    list.add(name + ".to_k.weight", width, context);
    list.add(name + ".to_v.weight", width, context);
    list.linear(name + ".to_out.0", width, width);
  }
}
