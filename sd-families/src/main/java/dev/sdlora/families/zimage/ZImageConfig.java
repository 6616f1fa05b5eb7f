package dev.sdlora.families.zimage;

import dev.sdlora.families.network.WeightList;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.RecordedProgram;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.TransformerPacking;
import dev.sdlora.families.transformer.WeightShapes;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The dimensions of a Z-Image transformer (Tongyi Lab 2025).
 *
 * @param channels channels of a latent
 * @param width the size of a token's state
 * @param heads attention heads, a divisor of the width
 * @param inner width of the hidden layer in each block's MLP
 * @param contextWidth the size of a text token's state
 * @param timeWidth the size of the time vector
 * @param timeInner width of the hidden layer of the time embedding
 * @param refiners blocks that only the image passes, and as many that only the text passes
 * @param layers blocks that both pass
 * @param axes the channels of a head that rotate with a token's place: text, row, column
 * @param theta the base of the frequencies of rotary positions
 */
public record ZImageConfig(
    int channels,
    int width,
    int heads,
    int inner,
    int contextWidth,
    int timeWidth,
    int timeInner,
    int refiners,
    int layers,
    List<Integer> axes,
    double theta)
    implements TransformerConfig {
  /** The base of the frequencies in every published model. */
  public static final double THETA = 256;

  /** The sides of a token's patch of the latent. */
  public static final int PATCH = 2;

  private static final int SINUSOID = 256;
  private static final String NETWORK = "Z-Image";
  private static final String EMBEDDER = "all_x_embedder.2-1";
  private static final String FINAL = "all_final_layer.2-1";

  /** Copies the list. */
  public ZImageConfig {
    axes = List.copyOf(axes);
  }

  /**
   * Returns the dimensions of a network with these weights and the {@linkplain #axes axes} of the
   * published models.
   *
   * @param shapes the shapes of all weights, by diffusers' names
   * @param theta {@code rope_theta} of the settings, {@link #THETA} if there are none
   * @throws IllegalArgumentException if a weight is missing, or shapes contradict each other
   */
  public static ZImageConfig of(Map<String, List<Long>> shapes, double theta) {
    WeightShapes weights = new WeightShapes(NETWORK, shapes);
    int headWidth = weights.side("layers.0.attention.norm_q.weight", 0);
    return new ZImageConfig(
        weights.side(EMBEDDER + ".weight", 1) / (PATCH * PATCH),
        weights.side(EMBEDDER + ".weight", 0),
        weights.parts("layers.0.attention.to_q.weight", headWidth),
        weights.side("layers.0.feed_forward.w1.weight", 0),
        weights.side("cap_embedder.1.weight", 1),
        weights.side("t_embedder.mlp.2.weight", 0),
        weights.side("t_embedder.mlp.0.weight", 0),
        weights.count("noise_refiner.", ".attention_norm1.weight"),
        weights.count("layers.", ".attention_norm1.weight"),
        axes(headWidth),
        theta);
  }

  /**
   * Returns the axes of the published models for heads of a width: two, three and three eighths.
   */
  public static List<Integer> axes(int head) {
    int row = head / 16 * 6;
    return List.of(head - 2 * row, row, row);
  }

  /** Returns a copy with other axes, {@code axes_dims} of the settings. */
  public ZImageConfig withAxes(List<Integer> others) {
    return new ZImageConfig(
        channels,
        width,
        heads,
        inner,
        contextWidth,
        timeWidth,
        timeInner,
        refiners,
        layers,
        others,
        theta);
  }

  @Override
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    long patch = (long) channels * PATCH * PATCH;
    list.linear(EMBEDDER, patch, width);
    list.add("x_pad_token", 1, width);
    list.linear("t_embedder.mlp.0", SINUSOID, timeInner);
    list.linear("t_embedder.mlp.2", timeInner, timeWidth);
    list.add("cap_embedder.0.weight", contextWidth);
    list.linear("cap_embedder.1", contextWidth, width);
    list.add("cap_pad_token", 1, width);
    for (int i = 0; i < refiners; i++) {
      block(list, "noise_refiner." + i, true);
      block(list, "context_refiner." + i, false);
    }
    for (int i = 0; i < layers; i++) {
      block(list, "layers." + i, true);
    }
    list.linear(FINAL + ".adaLN_modulation.1", timeWidth, width);
    list.linear(FINAL + ".linear", width, patch);
    return list.shapes();
  }

  private void block(WeightList list, String name, boolean timed) {
    for (String part : List.of("to_q", "to_k", "to_v", "to_out.0")) {
      list.add(name + ".attention." + part + ".weight", width, width);
    }
    list.add(name + ".attention.norm_q.weight", width / heads);
    list.add(name + ".attention.norm_k.weight", width / heads);
    list.add(name + ".feed_forward.w1.weight", inner, width);
    list.add(name + ".feed_forward.w2.weight", width, inner);
    list.add(name + ".feed_forward.w3.weight", inner, width);
    for (String norm : List.of("attention_norm1", "attention_norm2", "ffn_norm1", "ffn_norm2")) {
      list.add(name + "." + norm + ".weight", width);
    }
    if (timed) {
      list.linear(name + ".adaLN_modulation.0", timeWidth, 4L * width);
    }
  }

  @Override
  public Map<String, Packing> packings(Torch torch, ScalarType type) {
    return TransformerPacking.isFaster(torch, type) ? ZImageTransformer.packings(this) : Map.of();
  }

  @Override
  public boolean hasIntegerProgram() {
    return true;
  }

  @Override
  public Map<String, Packing> integerPackings(Torch torch, ScalarType type) {
    return TransformerPacking.inIntegers(torch, type, ZImageTransformer.packings(this), weights());
  }

  @Override
  public DiffusionTransformer network(Torch torch, LiveWeights weights) {
    return new ZImageTransformer(torch, this, weights);
  }

  @Override
  public boolean runsRowsAlone() {
    return true;
  }

  @Override
  public int multiple() {
    return 32;
  }

  @Override
  public Optional<Reads> reads(String weight) {
    if (!weight.contains(".attention.") && !weight.contains(".feed_forward.")) {
      return Optional.empty();
    }
    if (weight.startsWith("noise_")) {
      return Optional.of(Reads.IMAGE);
    }
    return Optional.of(weight.startsWith("context_") ? Reads.TEXT : Reads.BOTH);
  }

  @Override
  public int attentions(Reads tokens) {
    return tokens == Reads.BOTH ? layers : refiners;
  }

  @Override
  public Optional<RecordedProgram> recorded() {
    return Optional.of(
        new RecordedProgram(
            ZImageTransformer.PARTS,
            List.of("flow_z_image.torchscript.py"),
            heads,
            0,
            layers,
            axes,
            theta,
            false));
  }
}
