package dev.sdlora.families.flux2;

import dev.sdlora.families.network.WeightList;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.RecordedProgram;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.TransformerPacking;
import dev.sdlora.families.transformer.TransformerPrograms;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The dimensions of FLUX.2's transformer (Black Forest Labs 2025).
 *
 * @param channels channels of a latent position, 128
 * @param width width of a token's state, a multiple of the number of heads
 * @param heads attention heads
 * @param doubleBlocks blocks in which text and image have weights of their own
 * @param singleBlocks blocks in which they share weights
 * @param contextWidth width of the states of the prompt
 * @param inner width of the hidden layer in each block's MLP
 * @param timeWidth width of the sinusoids of the time, 256
 * @param axes channels of a head that turn with each axis of a token's place: reference, row,
 *     column, and place in the text; all even, with the width of a head as their sum
 * @param theta the base of the rotary positions' wavelengths, 2000
 */
public record Flux2Config(
    int channels,
    int width,
    int heads,
    int doubleBlocks,
    int singleBlocks,
    int contextWidth,
    int inner,
    int timeWidth,
    List<Integer> axes,
    double theta)
    implements TransformerConfig {
  private static final int AXES = 4;

  /** The base of the wavelengths in every published model. */
  public static final double THETA = 2000;

  private static final String DOUBLE = "transformer_blocks.";
  private static final String SINGLE = "single_transformer_blocks.";
  private static final String TIME = "time_guidance_embed.timestep_embedder.";

  /** Copies the list. */
  public Flux2Config {
    axes = List.copyOf(axes);
    if (axes.size() != AXES || axes.stream().mapToInt(n -> n).sum() * heads != width) {
      throw new IllegalArgumentException(
          "the axes %s of FLUX.2's rotary positions must be four, with the width of a head, %s / %s, as their sum"
              .formatted(axes, width, heads));
    }
  }

  /**
   * Derives the dimensions from the shapes of the weights. The axes are four of equal size, and
   * theta is 2000, as in all published models.
   *
   * @param shapes shapes by diffusers' names; further ones are ignored
   * @throws IllegalArgumentException if a weight that tells a dimension is missing
   */
  public static Flux2Config of(Map<String, List<Long>> shapes) {
    int width = size(shapes, "x_embedder.weight", 0);
    int single = count(shapes, SINGLE, ".attn.to_out.weight");
    int twin = count(shapes, DOUBLE, ".attn.to_q.weight");
    int head =
        single > 0
            ? size(shapes, SINGLE + "0.attn.norm_q.weight", 0)
            : size(shapes, DOUBLE + "0.attn.norm_q.weight", 0);
    int inner =
        single > 0
            ? size(shapes, SINGLE + "0.attn.to_out.weight", 1) - width
            : size(shapes, DOUBLE + "0.ff.linear_out.weight", 1);
    return new Flux2Config(
        size(shapes, "x_embedder.weight", 1),
        width,
        width / head,
        twin,
        single,
        size(shapes, "context_embedder.weight", 1),
        inner,
        size(shapes, TIME + "linear_1.weight", 1),
        axes(head),
        THETA);
  }

  /** Returns the axes of the published models for heads of a width: four of equal size. */
  public static List<Integer> axes(int head) {
    return Collections.nCopies(AXES, head / AXES);
  }

  private static int size(Map<String, List<Long>> shapes, String name, int dimension) {
    List<Long> shape = shapes.get(name);
    if (shape == null || shape.size() <= dimension) {
      throw new IllegalArgumentException(
          "the weights have no matrix " + name + ", which FLUX.2's transformer has");
    }
    return Math.toIntExact(shape.get(dimension));
  }

  private static int count(Map<String, List<Long>> shapes, String blocks, String weight) {
    int count = 0;
    while (shapes.containsKey(blocks + count + weight)) {
      count++;
    }
    return count;
  }

  /**
   * Returns a copy with other rotary positions, such as those of a folder's settings.
   *
   * @param channels the {@link #axes}, whose sum is the width of a head
   * @param base the {@link #theta}
   */
  public Flux2Config withAxes(List<Integer> channels, double base) {
    int head = channels.stream().mapToInt(n -> n).sum();
    return new Flux2Config(
        this.channels,
        width,
        width / head,
        doubleBlocks,
        singleBlocks,
        contextWidth,
        inner,
        timeWidth,
        channels,
        base);
  }

  @Override
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    list.matrix("x_embedder", channels, width);
    list.matrix("context_embedder", contextWidth, width);
    list.matrix(TIME + "linear_1", timeWidth, width);
    list.matrix(TIME + "linear_2", width, width);
    list.matrix("double_stream_modulation_img.linear", width, 6L * width);
    list.matrix("double_stream_modulation_txt.linear", width, 6L * width);
    list.matrix("single_stream_modulation.linear", width, 3L * width);
    for (int i = 0; i < doubleBlocks; i++) {
      addDouble(list, DOUBLE + i);
    }
    for (int i = 0; i < singleBlocks; i++) {
      String attention = SINGLE + i + ".attn";
      list.add(attention + ".norm_q.weight", width / heads);
      list.add(attention + ".norm_k.weight", width / heads);
      list.matrix(attention + ".to_qkv_mlp_proj", width, 3L * width + 2L * inner);
      list.matrix(attention + ".to_out", (long) width + inner, width);
    }
    list.matrix("norm_out.linear", width, 2L * width);
    list.matrix("proj_out", width, channels);
    return list.shapes();
  }

  private void addDouble(WeightList list, String block) {
    String attention = block + ".attn.";
    for (String norm : List.of("norm_q", "norm_k", "norm_added_q", "norm_added_k")) {
      list.add(attention + norm + ".weight", width / heads);
    }
    for (String part :
        List.of(
            "to_q",
            "to_k",
            "to_v",
            "to_out.0",
            "add_q_proj",
            "add_k_proj",
            "add_v_proj",
            "to_add_out")) {
      list.matrix(attention + part, width, width);
    }
    for (String part : List.of(".ff.", ".ff_context.")) {
      list.matrix(block + part + "linear_in", width, 2L * inner);
      list.matrix(block + part + "linear_out", inner, width);
    }
  }

  @Override
  public Map<String, Packing> packings(Torch torch, ScalarType type) {
    return TransformerPacking.isFaster(torch, type) ? Flux2Packing.of(this) : Map.of();
  }

  @Override
  public boolean hasIntegerProgram() {
    return true;
  }

  @Override
  public Map<String, Packing> integerPackings(Torch torch, ScalarType type) {
    return TransformerPacking.inIntegers(torch, type, Flux2Packing.of(this), weights());
  }

  @Override
  public DiffusionTransformer network(Torch torch, LiveWeights weights) {
    return new Flux2Transformer(torch, this, weights);
  }

  @Override
  public int patch() {
    return 1;
  }

  @Override
  public int usualTokens() {
    return 512;
  }

  @Override
  public int attentions(Reads tokens) {
    return tokens == Reads.BOTH ? doubleBlocks + singleBlocks : 0;
  }

  @Override
  public Optional<RecordedProgram> recorded() {
    return Optional.of(
        new RecordedProgram(
            TransformerPrograms.recordableFluxBlocks(Flux2Transformer.PARTS),
            List.of("flow_flux_blocks.torchscript.py", "flow_flux2.torchscript.py"),
            heads,
            doubleBlocks,
            singleBlocks,
            axes,
            theta,
            true));
  }
}
