package dev.sdlora.families.flux1;

import dev.sdlora.families.network.WeightList;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.RecordedProgram;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.TransformerPacking;
import dev.sdlora.families.transformer.TransformerPrograms;
import dev.sdlora.families.transformer.WeightShapes;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The dimensions of FLUX.1's transformer (Black Forest Labs 2024), and of others with the same
 * blocks.
 *
 * @param inputs channels of its input: those of a latent, and of further latents and masks in
 *     models that read them
 * @param outputs channels of a latent
 * @param width width of a token's state, a multiple of the number of heads
 * @param heads attention heads
 * @param doubleBlocks blocks in which text and image have weights of their own
 * @param singleBlocks blocks in which they share weights
 * @param contextWidth width of the states of the prompt
 * @param inner width of the hidden layer in each block's MLP
 * @param modulation the source of each block's shifts, scales and gates
 * @param axes channels of a head that turn with each axis of a token's place: reference, row and
 *     column; all even, with the width of a head as their sum
 * @param theta the base of the rotary positions' wavelengths, 10,000
 */
public record Flux1Config(
    int inputs,
    int outputs,
    int width,
    int heads,
    int doubleBlocks,
    int singleBlocks,
    int contextWidth,
    int inner,
    Modulation modulation,
    List<Integer> axes,
    double theta)
    implements TransformerConfig {
  /** The base of the wavelengths in every published model. */
  public static final double THETA = 10_000;

  /** The sides of a token's patch of the latent. */
  public static final int PATCH = 2;

  private static final int AREA = PATCH * PATCH;

  /** Pixels of a position of the latent, each of which is a channel of a mask. */
  private static final int MASK = 64;

  private static final int AXES = 3;
  private static final String DOUBLE = "transformer_blocks.";
  private static final String SINGLE = "single_transformer_blocks.";

  /** Copies the list. */
  public Flux1Config {
    axes = List.copyOf(axes);
    if (axes.size() != AXES || axes.stream().mapToInt(n -> n).sum() * heads != width) {
      throw new IllegalArgumentException(
          "the axes %s of FLUX.1's rotary positions must be three, with the width of a head, %s / %s, as their sum"
              .formatted(axes, width, heads));
    }
  }

  /**
   * Derives the dimensions from the shapes of the weights, with the {@linkplain #axes axes} of the
   * published models.
   *
   * @param shapes shapes by diffusers' names; further ones are ignored
   * @throws IllegalArgumentException if a weight that tells a dimension is missing
   */
  public static Flux1Config of(Map<String, List<Long>> shapes) {
    WeightShapes weights = new WeightShapes("FLUX.1", shapes);
    return of(
        weights,
        new OwnLayers(
            weights.side(OwnLayers.TIME + "text_embedder.linear_1.weight", 1),
            shapes.containsKey(OwnLayers.GUIDANCE + "linear_1.weight")));
  }

  /**
   * Derives the dimensions of a model of FLUX.1's kind from the shapes of the weights.
   *
   * @throws IllegalArgumentException if a weight that tells a dimension is missing
   */
  public static Flux1Config of(WeightShapes weights, Modulation modulation) {
    int head = weights.side(DOUBLE + "0.attn.norm_q.weight", 0);
    return new Flux1Config(
        weights.side("x_embedder.weight", 1) / AREA,
        weights.side("proj_out.weight", 0) / AREA,
        weights.side("x_embedder.weight", 0),
        weights.parts("x_embedder.weight", head),
        weights.count(DOUBLE, ".attn.to_q.weight"),
        weights.count(SINGLE, ".attn.to_q.weight"),
        weights.side("context_embedder.weight", 1),
        weights.side(DOUBLE + "0.ff.net.0.proj.weight", 0),
        modulation,
        axes(head),
        THETA);
  }

  /**
   * Returns the axes of the published models for heads of a width: an eighth of it for the first,
   * or a few more channels so that the others are even.
   */
  public static List<Integer> axes(int head) {
    int side = head * 7 / 32 * 2;
    return List.of(head - 2 * side, side, side);
  }

  /** Returns a copy with other axes, {@code axes_dims_rope} of the settings. */
  public Flux1Config withAxes(List<Integer> others) {
    return new Flux1Config(
        inputs,
        outputs,
        width,
        heads,
        doubleBlocks,
        singleBlocks,
        contextWidth,
        inner,
        modulation,
        others,
        theta);
  }

  /** Whether the network reads the guidance scale. */
  @Override
  public boolean isGuided() {
    return modulation.isGuided();
  }

  /**
   * Whether the network reads a mask and an image in addition to the latent, as FLUX.1 Fill does:
   * the image's latent, then the mask in 64 channels.
   */
  public boolean isFilling() {
    return inputs == 2 * outputs + MASK;
  }

  /**
   * Whether the network reads the latent of a control image in addition to the noisy one, as FLUX.1
   * Canny and Depth do.
   */
  public boolean isControlled() {
    return inputs == 2 * outputs;
  }

  @Override
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    list.linear("x_embedder", (long) inputs * AREA, width);
    list.linear("context_embedder", contextWidth, width);
    modulation.addWeights(list, width);
    for (int i = 0; i < doubleBlocks; i++) {
      doubleBlock(list, DOUBLE + i);
    }
    for (int i = 0; i < singleBlocks; i++) {
      singleBlock(list, SINGLE + i);
    }
    if (modulation.isInBlocks()) {
      list.linear("norm_out.linear", width, 2L * width);
    }
    list.linear("proj_out", width, (long) outputs * AREA);
    return list.shapes();
  }

  private void doubleBlock(WeightList list, String block) {
    if (modulation.isInBlocks()) {
      list.linear(block + ".norm1.linear", width, 6L * width);
      list.linear(block + ".norm1_context.linear", width, 6L * width);
    }
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
      list.linear(attention + part, width, width);
    }
    for (String part : List.of(".ff.net.", ".ff_context.net.")) {
      list.linear(block + part + "0.proj", width, inner);
      list.linear(block + part + "2", inner, width);
    }
  }

  private void singleBlock(WeightList list, String block) {
    if (modulation.isInBlocks()) {
      list.linear(block + ".norm.linear", width, 3L * width);
    }
    list.add(block + ".attn.norm_q.weight", width / heads);
    list.add(block + ".attn.norm_k.weight", width / heads);
    for (String part : List.of("to_q", "to_k", "to_v")) {
      list.linear(block + ".attn." + part, width, width);
    }
    list.linear(block + ".proj_mlp", width, inner);
    list.linear(block + ".proj_out", (long) width + inner, width);
  }

  @Override
  public Map<String, Packing> packings(Torch torch, ScalarType type) {
    return TransformerPacking.isFaster(torch, type) ? Flux1Packing.of(this) : Map.of();
  }

  @Override
  public DiffusionTransformer network(Torch torch, LiveWeights weights) {
    return new Flux1Transformer(torch, this, weights);
  }

  @Override
  public int usualTokens() {
    return modulation.usualTokens();
  }

  @Override
  public int attentions(Reads tokens) {
    return tokens == Reads.BOTH ? doubleBlocks + singleBlocks : 0;
  }

  @Override
  public Optional<RecordedProgram> recorded() {
    return Optional.of(
        new RecordedProgram(
            TransformerPrograms.recordableFluxBlocks(Flux1Transformer.PARTS),
            List.of("flow_flux_blocks.torchscript.py", "flow_flux1.torchscript.py"),
            heads,
            doubleBlocks,
            singleBlocks,
            axes,
            theta,
            false));
  }
}
