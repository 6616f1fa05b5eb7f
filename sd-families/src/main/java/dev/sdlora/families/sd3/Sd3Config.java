package dev.sdlora.families.sd3;

import dev.sdlora.families.network.WeightList;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.TransformerPacking;
import dev.sdlora.families.transformer.WeightShapes;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a transformer of Stable Diffusion 3 or 3.5 (Esser et al. 2024, "Scaling
 * Rectified Flow Transformers for High-Resolution Image Synthesis").
 *
 * @param channels channels of a latent, 16
 * @param width width of a token's state, a multiple of the number of heads
 * @param heads attention heads
 * @param layers blocks
 * @param contextWidth width of the states of the prompt, 4096
 * @param pooledWidth width of the pooled prompt, 2048
 * @param positions the side of the grid of position embeddings, in tokens
 * @param dualLayers the blocks with a second attention over the image alone, in ascending order
 * @param normed whether queries and keys are normalised, as in 3.5
 */
public record Sd3Config(
    int channels,
    int width,
    int heads,
    int layers,
    int contextWidth,
    int pooledWidth,
    int positions,
    List<Integer> dualLayers,
    boolean normed)
    implements TransformerConfig {
  /** The sides of a token's patch of the latent. */
  static final int PATCH = 2;

  private static final int HEAD = 64;

  /** The width of heads in transformers narrower than any published one; only test models are. */
  private static final int NARROW_HEAD = 16;

  private static final int FULL_WIDTH = 1024;

  /** The number of tokens for which weights are packed: those of an image of 512². */
  private static final int TOKENS = 1024;

  private static final int SINUSOID = 256;

  /** The width of the hidden layer of an MLP, in widths of a state. */
  public static final int MLP_FACTOR = 4;

  private static final String NETWORK = "Stable Diffusion 3";
  private static final String BLOCK = "transformer_blocks.";
  private static final String TIME = "time_text_embed.timestep_embedder.linear_";
  private static final String POOLED = "time_text_embed.text_embedder.linear_";

  /** Copies the list. */
  public Sd3Config {
    dualLayers = List.copyOf(dualLayers);
  }

  /**
   * Derives the dimensions from the shapes of the weights. Heads are 64 wide, in transformers
   * narrower than any published one 16, unless the norms of queries show another width.
   *
   * @param shapes shapes by diffusers' names; further ones are ignored
   * @throws IllegalArgumentException if a weight that tells a dimension is missing
   */
  public static Sd3Config of(Map<String, List<Long>> shapes) {
    WeightShapes weights = new WeightShapes(NETWORK, shapes);
    int layers = weights.count(BLOCK, ".attn.to_q.bias");
    List<Integer> dual = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      if (shapes.containsKey(BLOCK + i + ".attn2.to_q.bias")) {
        dual.add(i);
      }
    }
    int width = weights.side("pos_embed.proj.weight", 0);
    String norm = BLOCK + "0.attn.norm_q.weight";
    boolean normed = shapes.containsKey(norm);
    return new Sd3Config(
        weights.side("pos_embed.proj.weight", 1),
        width,
        weights.parts(
            "pos_embed.proj.weight",
            normed ? weights.side(norm, 0) : width < FULL_WIDTH ? NARROW_HEAD : HEAD),
        layers,
        weights.side("context_embedder.weight", 1),
        weights.side(POOLED + "1.weight", 1),
        (int) Math.round(Math.sqrt(weights.side("pos_embed.pos_embed", 1))),
        dual,
        normed);
  }

  /** Returns a copy with another number of heads, which weights without norms do not show. */
  public Sd3Config withHeads(int others) {
    return new Sd3Config(
        channels, width, others, layers, contextWidth, pooledWidth, positions, dualLayers, normed);
  }

  @Override
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    list.add("pos_embed.pos_embed", 1, (long) positions * positions, width);
    list.conv("pos_embed.proj", channels, width, PATCH);
    list.linear(TIME + "1", SINUSOID, width);
    list.linear(TIME + "2", width, width);
    list.linear(POOLED + "1", pooledWidth, width);
    list.linear(POOLED + "2", width, width);
    list.linear("context_embedder", contextWidth, width);
    for (int i = 0; i < layers; i++) {
      block(list, i);
    }
    list.linear("norm_out.linear", width, 2L * width);
    list.linear("proj_out", width, (long) channels * PATCH * PATCH);
    return list.shapes();
  }

  private void block(WeightList list, int index) {
    String block = BLOCK + index + ".";
    boolean dual = dualLayers.contains(index);
    boolean last = index == layers - 1;
    list.linear(block + "norm1.linear", width, (dual ? 9L : 6L) * width);
    list.linear(block + "norm1_context.linear", width, (last ? 2L : 6L) * width);
    attention(list, block + "attn.", List.of("to_q", "to_k", "to_v", "to_out.0"), "norm_");
    attention(
        list, block + "attn.", List.of("add_q_proj", "add_k_proj", "add_v_proj"), "norm_added_");
    mlp(list, block + "ff.");
    if (!last) {
      list.linear(block + "attn.to_add_out", width, width);
      mlp(list, block + "ff_context.");
    }
    if (dual) {
      attention(list, block + "attn2.", List.of("to_q", "to_k", "to_v", "to_out.0"), "norm_");
    }
  }

  private void attention(WeightList list, String attention, List<String> parts, String norm) {
    parts.forEach(part -> list.linear(attention + part, width, width));
    if (normed) {
      list.add(attention + norm + "q.weight", width / heads);
      list.add(attention + norm + "k.weight", width / heads);
    }
  }

  private void mlp(WeightList list, String mlp) {
    list.linear(mlp + "net.0.proj", width, (long) MLP_FACTOR * width);
    list.linear(mlp + "net.2", (long) MLP_FACTOR * width, width);
  }

  /**
   * Returns the packed layouts of the weights, by name: all matrices by which every token is
   * multiplied.
   */
  public Map<String, Packing> linear() {
    Map<String, Packing> packings = new LinkedHashMap<>();
    weights()
        .forEach(
            (name, shape) -> {
              if (shape.size() == 2 && (name.contains(".attn") || name.contains(".net."))) {
                packings.put(name, new Packing.Linear(TOKENS));
              }
            });
    return packings;
  }

  @Override
  public Map<String, Packing> packings(Torch torch, ScalarType type) {
    return TransformerPacking.isFaster(torch, type) ? linear() : Map.of();
  }

  @Override
  public DiffusionTransformer network(Torch torch, LiveWeights weights) {
    return new Sd3Transformer(torch, this, weights);
  }

  @Override
  public int inner() {
    return MLP_FACTOR * width;
  }

  /** {@inheritDoc} Those of CLIP, and as many of T5. */
  @Override
  public int usualTokens() {
    return 2 * 77;
  }

  @Override
  public int attentions(Reads tokens) {
    return switch (tokens) {
      case BOTH -> layers;
      case IMAGE -> dualLayers.size();
      case TEXT -> 0;
    };
  }
}
