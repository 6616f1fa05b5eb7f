package dev.sdlora.pipeline.network;

import dev.sdlora.api.model.ModelFamily;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The dimensions of a U-Net.
 *
 * @param inChannels channels of the input, 4 for a plain latent; more for models that are shown
 *     something beside it
 * @param outChannels channels of the output
 * @param channels channels of each level, from the largest image to the smallest
 * @param layers residual blocks in each level on the way down; one more on the way up
 * @param transformers how many transformer blocks stand where
 * @param heads attention heads of each level
 * @param contextWidth numbers in a text encoder state; 0 for a ControlNet that reads none
 * @param linearProjection whether transformers are entered by linear layers, not 1×1 convolutions
 * @param vectorWidth numbers that it reads of the whole text and of sizes; 0 for none
 * @param guidanceWidth numbers that tell it how strongly to guide; 0 for none
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
  /** The refiner has one more. */
  private static final int SDXL_LEVELS = 3;

  /** Copies the lists. */
  public UNetConfig {
    channels = List.copyOf(channels);
    heads = List.copyOf(heads);
  }

  /**
   * A U-Net of evenly built levels that reads time and text only, as those of SD 1.x and 2.x.
   *
   * @param depth transformer blocks behind each residual block of each level, 0 for none
   * @param middleDepth transformer blocks in the middle
   * @param heads attention heads at every level
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
   * The channels of the input of an inpainting model: the latent, a mask, and the latent of the
   * image without what is masked.
   *
   * @param latent channels of a latent
   */
  public static int inpaintingChannels(int latent) {
    return 2 * latent + 1;
  }

  /**
   * The channels of the input of a model that edits an image as it is told: the latent, and that of
   * the image (Brooks et al. 2023, "InstructPix2Pix").
   *
   * @param latent channels of a latent
   */
  public static int editingChannels(int latent) {
    return 2 * latent;
  }

  /** Whether this is a model that edits an image as it is told. */
  public boolean isEditing() {
    return inChannels == editingChannels(outChannels);
  }

  /** Whether this is a model for inpainting. */
  public boolean isInpainting() {
    return inChannels == inpaintingChannels(outChannels);
  }

  /** The same with another number of channels of the output. */
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

  /** The same without a way up, as a ControlNet has it. */
  UNetConfig withoutWayUp() {
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
   * Whether a ControlNet with such a way down reads what another U-Net is told, and gives what that
   * can add. It need not have as many transformers: those for SDXL fit SSD-1B, and some have none.
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

  /** The family that has such a U-Net, as far as its dimensions tell. */
  public ModelFamily family() {
    if (vectorWidth > 0) {
      return levels() > SDXL_LEVELS ? ModelFamily.SDXL_REFINER : ModelFamily.SDXL;
    }
    return linearProjection ? ModelFamily.SD2 : ModelFamily.SD1;
  }

  /** The number of levels. */
  public int levels() {
    return channels.size();
  }

  /** The attention heads of a level with so many channels; of one that it does not have, one. */
  public int headsOf(int width) {
    int level = channels.indexOf(width);
    return level < 0 ? 1 : heads.get(level);
  }

  /** The attention heads of each level, as the programs take them; they see all else. */
  long[] headCounts() {
    return heads.stream().mapToLong(Integer::longValue).toArray();
  }

  /** The names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    int first = channels.get(0);
    encoder(list);
    up(list, 4 * first);
    list.norm("conv_norm_out", first);
    list.conv("conv_out", first, outChannels, 3);
    return list.shapes();
  }

  /** The way down and the middle, which a ControlNet has too. */
  void encoder(WeightList list) {
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
   * Whether there are transformers in a level whose sides are so much smaller than those of the
   * latent, or less. SDXL has none at 1.
   *
   * @param downsample 1, 2, 4, 8
   */
  public boolean attendsAt(int downsample) {
    return IntStream.range(0, levels())
        .filter(level -> 1 << level <= downsample)
        .anyMatch(transformers::inLevel);
  }

  /** How many outputs of the way down the way up takes. */
  public int branches() {
    return skips().size();
  }

  /** The channels of each block's output on the way down, the input's first. */
  List<Integer> skips() {
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
        // The last residual block of a level takes what entered that level on the way down.
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
