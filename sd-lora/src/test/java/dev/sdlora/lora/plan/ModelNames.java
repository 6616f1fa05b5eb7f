package dev.sdlora.lora.plan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** Names and shapes of the weights of models, with diffusers names. */
public final class ModelNames {
  private static final int LAYERS = 2;

  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

  /**
   * The parameters of a U-Net.
   *
   * @param channels the channels of each level
   * @param down the number of transformer blocks after each residual block of the down path, by
   *     level
   * @param middle the number of transformer blocks in the middle; with 0, it is one residual block
   * @param up the number of transformer blocks after each residual block of the up path
   * @param context the width of the text states
   * @param linear whether the projections into transformers are matrices
   * @param added the width of SDXL's additional conditions, 0 for none
   */
  public record UNet(
      List<Integer> channels,
      List<Integer> down,
      int middle,
      List<Integer> up,
      long context,
      boolean linear,
      long added) {

    /** A U-Net with the same depth throughout a level. */
    UNet(List<Integer> channels, List<Integer> depth, long context, boolean linear, long added) {
      this(
          channels,
          depth.stream().flatMap(d -> Stream.of(d, d)).toList(),
          Math.max(1, depth.get(depth.size() - 1)),
          IntStream.range(0, depth.size())
              .mapToObj(i -> depth.get(depth.size() - 1 - i))
              .flatMap(d -> Stream.of(d, d, d))
              .toList(),
          context,
          linear,
          added);
    }
  }

  /** Models at full size. */
  public static final UNet SD1 =
      new UNet(List.of(320, 640, 1280, 1280), List.of(1, 1, 1, 0), 768, false, 0);

  public static final UNet SD2 =
      new UNet(List.of(320, 640, 1280, 1280), List.of(1, 1, 1, 0), 1024, true, 0);

  public static final UNet SDXL =
      new UNet(List.of(320, 640, 1280), List.of(0, 2, 10), 2048, true, 2816);

  public static final UNet SSD_1B =
      new UNet(
          List.of(320, 640, 1280),
          List.of(0, 0, 2, 2, 4, 4),
          0,
          List.of(4, 4, 10, 2, 1, 1, 0, 0, 0),
          2048,
          true,
          2816);

  /** The tiny models of the fixtures. */
  public static final UNet TINY_SD1 =
      new UNet(List.of(32, 32, 32, 64), List.of(1, 1, 1, 0), 32, false, 0);

  public static final UNet TINY_SD2 =
      new UNet(List.of(32, 32, 32, 32), List.of(1, 1, 1, 0), 32, true, 0);

  public static final UNet TINY_SDXL =
      new UNet(List.of(32, 32, 32), List.of(0, 2, 2), 96, true, 112);

  private ModelNames() {}

  /** The weights of a text encoder. */
  public static Map<String, List<Long>> clip(long width, long inner, int layers) {
    ModelNames names = new ModelNames();
    names.add("text_model.embeddings.token_embedding.weight", 1000, width);
    for (int i = 0; i < layers; i++) {
      String layer = "text_model.encoder.layers." + i;
      names.norm(layer + ".layer_norm1", width);
      for (String projection : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        names.linear(layer + ".self_attn." + projection, width, width);
      }
      names.norm(layer + ".layer_norm2", width);
      names.linear(layer + ".mlp.fc1", width, inner);
      names.linear(layer + ".mlp.fc2", inner, width);
    }
    names.norm("text_model.final_layer_norm", width);
    return names.shapes;
  }

  /** The weights of a U-Net. */
  public static Map<String, List<Long>> unet(UNet unet) {
    ModelNames names = new ModelNames();
    int levels = unet.channels.size();
    long first = unet.channels.get(0);
    long last = unet.channels.get(levels - 1);
    names.conv("conv_in", 4, first, 3);
    names.linear("time_embedding.linear_1", first, 4 * first);
    names.linear("time_embedding.linear_2", 4 * first, 4 * first);
    if (unet.added > 0) {
      names.linear("add_embedding.linear_1", unet.added, 4 * first);
      names.linear("add_embedding.linear_2", 4 * first, 4 * first);
    }
    long in = first;
    for (int i = 0; i < levels; i++) {
      String block = "down_blocks." + i;
      long out = unet.channels.get(i);
      for (int j = 0; j < LAYERS; j++) {
        names.block(block, j, in, out, unet, unet.down.get(i * LAYERS + j));
        in = out;
      }
      if (i < levels - 1) {
        names.conv(block + ".downsamplers.0.conv", out, out, 3);
      }
    }
    names.resnet("mid_block.resnets.0", last, last, 4 * first);
    if (unet.middle > 0) {
      names.transformer("mid_block.attentions.0", last, unet, unet.middle);
      names.resnet("mid_block.resnets.1", last, last, 4 * first);
    }
    for (int i = 0; i < levels; i++) {
      int level = levels - 1 - i;
      long out = unet.channels.get(level);
      for (int j = 0; j <= LAYERS; j++) {
        long skip = j < LAYERS ? out : unet.channels.get(Math.max(0, level - 1));
        names.block("up_blocks." + i, j, in + skip, out, unet, unet.up.get(i * (LAYERS + 1) + j));
        in = out;
      }
      if (level > 0) {
        names.conv("up_blocks." + i + ".upsamplers.0.conv", out, out, 3);
      }
    }
    names.norm("conv_norm_out", first);
    names.conv("conv_out", first, 4, 3);
    return names.shapes;
  }

  private void block(String block, int index, long in, long out, UNet unet, int depth) {
    resnet(block + ".resnets." + index, in, out, 4L * unet.channels.get(0));
    if (depth > 0) {
      transformer(block + ".attentions." + index, out, unet, depth);
    }
  }

  private void resnet(String name, long in, long out, long time) {
    norm(name + ".norm1", in);
    conv(name + ".conv1", in, out, 3);
    linear(name + ".time_emb_proj", time, out);
    norm(name + ".norm2", out);
    conv(name + ".conv2", out, out, 3);
    if (in != out) {
      conv(name + ".conv_shortcut", in, out, 1);
    }
  }

  private void transformer(String name, long width, UNet unet, int depth) {
    norm(name + ".norm", width);
    for (String projection : List.of(".proj_in", ".proj_out")) {
      if (unet.linear) {
        linear(name + projection, width, width);
      } else {
        conv(name + projection, width, width, 1);
      }
    }
    for (int i = 0; i < depth; i++) {
      String block = name + ".transformer_blocks." + i;
      for (String attention : List.of(".attn1", ".attn2")) {
        long context = attention.equals(".attn1") ? width : unet.context;
        add(block + attention + ".to_q.weight", width, width);
        add(block + attention + ".to_k.weight", width, context);
        add(block + attention + ".to_v.weight", width, context);
        linear(block + attention + ".to_out.0", width, width);
      }
      linear(block + ".ff.net.0.proj", width, 8 * width);
      linear(block + ".ff.net.2", 4 * width, width);
      for (String norm : List.of(".norm1", ".norm2", ".norm3")) {
        norm(block + norm, width);
      }
    }
  }

  private void linear(String name, long in, long out) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  private void conv(String name, long in, long out, long side) {
    add(name + ".weight", out, in, side, side);
    add(name + ".bias", out);
  }

  private void norm(String name, long channels) {
    add(name + ".weight", channels);
    add(name + ".bias", channels);
  }

  private void add(String name, long... shape) {
    shapes.put(name, LongStream.of(shape).boxed().toList());
  }

  /** Names followed by shapes, from a resource of this package. */
  public static Map<String, List<Long>> resource(String name) {
    Map<String, List<Long>> lines = new LinkedHashMap<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(ModelNames.class.getResourceAsStream(name))),
                StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        List<String> words = new ArrayList<>(Arrays.asList(line.split(" ", -1)));
        lines.put(words.remove(0), words.stream().map(Long::valueOf).toList());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }
}
