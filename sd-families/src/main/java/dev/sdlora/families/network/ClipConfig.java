package dev.sdlora.families.network;

import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a CLIP text encoder, and the states that the U-Net reads.
 *
 * @param width size of a token's state
 * @param layers transformer layers
 * @param heads attention heads, a divisor of the width
 * @param inner width of the hidden layer in each layer's MLP
 * @param vocabulary rows of the token embedding
 * @param positions the longest sequence, 77 for every known model
 * @param kind the origin of its training
 * @param reading the states that the U-Net reads
 * @param projection size of the projected pooled embedding; 0 if there is no projection
 */
public record ClipConfig(
    int width,
    int layers,
    int heads,
    int inner,
    int vocabulary,
    int positions,
    Kind kind,
    Reading reading,
    int projection) {

  /** Creates the configuration of an SD 1.x encoder: OpenAI's CLIP, read after the final norm. */
  public ClipConfig(int width, int layers, int heads, int inner, int vocabulary, int positions) {
    this(width, layers, heads, inner, vocabulary, positions, Kind.OPENAI, Reading.LAST, 0);
  }

  /** The origin of an encoder's training, which the dimensions do not reveal. */
  public enum Kind {
    /** OpenAI's CLIP (Radford et al. 2021): quick GELU, chunks are padded with end tokens. */
    OPENAI("OpenAI's CLIP"),
    /** OpenCLIP (Ilharco et al. 2021): exact GELU, chunks are padded with token 0. */
    OPEN_CLIP("OpenCLIP");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** The display name. */
    public String label() {
      return label;
    }

    /** Returns the tokens of a chunk, padded as in this kind's training. */
    public int[] ids(TokenChunk chunk) {
      return this == OPENAI ? chunk.ids() : chunk.openClipIds();
    }
  }

  /** The encoder states that the U-Net was trained to read. */
  public enum Reading {
    /**
     * The states of the last layer, after the final norm: SD 1.x, and SD 2.x without its last
     * layer.
     */
    LAST(1, true),
    /** The states of the layer before the last, not normalised: SDXL. */
    PENULTIMATE(2, false),
    /**
     * The state of the end token after the last layer and the final norm, which is not projected:
     * FLUX.1. The states of all tokens are those of {@link #LAST}.
     */
    END(1, true, true),
    /** The states of {@link #PENULTIMATE} and that of {@link #END}: Stable Diffusion 3's CLIP-L. */
    PENULTIMATE_AND_END(2, false, true);

    private final int skip;
    private final boolean normalised;
    private final boolean end;

    Reading(int skip, boolean normalised) {
      this(skip, normalised, false);
    }

    Reading(int skip, boolean normalised, boolean end) {
      this.skip = skip;
      this.normalised = normalised;
      this.end = end;
    }

    /** Whether the pooled embedding is the state of the end token without a projection. */
    public boolean end() {
      return end;
    }

    /** 1 for the last layer, 2 for the one before it. */
    public int skip() {
      return skip;
    }

    /**
     * Returns the layer to read with a clip skip, counted as in {@link #skip()}.
     *
     * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
     */
    public int skip(int clipSkip) {
      return skip + clipSkip - 1;
    }

    /** Whether the final norm is applied to the states. */
    public boolean normalised() {
      return normalised;
    }
  }

  /** Returns the size of the pooled text embedding; 0 if it is not used. */
  public int pooled() {
    return projection == 0 && reading.end() ? width : projection;
  }

  /** Returns a copy with another number of layers. */
  public ClipConfig withLayers(int number) {
    return new ClipConfig(
        width, number, heads, inner, vocabulary, positions, kind, reading, projection);
  }

  /**
   * Returns how many layers must run: all of them if the pooled embedding is used.
   *
   * @param skip 1 if the states of the last layer are read, 2 for the one before it, and so on
   */
  public int layersRead(int skip) {
    return pooled() > 0 ? layers : statesOf(skip);
  }

  /**
   * Returns the integers that the encoder's program takes: heads, layers up to the states, all
   * layers or 0 if the pooled embedding is not used, whether GELU is quick, and whether the states
   * are normalised.
   *
   * @param skip as in {@link #layersRead}
   */
  public List<Integer> arguments(int skip) {
    return List.of(
        heads,
        statesOf(skip),
        pooled() > 0 ? layers : 0,
        kind == Kind.OPENAI ? 1 : 0,
        reading.normalised() ? 1 : 0);
  }

  private int statesOf(int skip) {
    return layers - skip + 1;
  }

  /** Returns the names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    list.add("text_model.embeddings.token_embedding.weight", vocabulary, width);
    list.add("text_model.embeddings.position_embedding.weight", positions, width);
    addLayers(list, "text_model.encoder.layers.", layers, width, inner);
    list.norm("text_model.final_layer_norm", width);
    if (projection > 0) {
      list.add("text_projection.weight", projection, width);
    }
    return list.shapes();
  }

  /** Adds the layers of CLIP's text or vision encoder. */
  public static void addLayers(WeightList list, String prefix, int layers, int width, int inner) {
    for (int i = 0; i < layers; i++) {
      String layer = prefix + i;
      list.norm(layer + ".layer_norm1", width);
      for (String part : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        list.linear(layer + ".self_attn." + part, width, width);
      }
      list.norm(layer + ".layer_norm2", width);
      list.linear(layer + ".mlp.fc1", width, inner);
      list.linear(layer + ".mlp.fc2", inner, width);
    }
  }
}
