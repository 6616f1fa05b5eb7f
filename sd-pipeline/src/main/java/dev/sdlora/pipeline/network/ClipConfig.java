package dev.sdlora.pipeline.network;

import dev.sdlora.prompt.tokens.TokenChunk;
import java.util.List;
import java.util.Map;

/**
 * The dimensions of a CLIP text encoder, and what the U-Net reads of it.
 *
 * @param width numbers in a token's state
 * @param layers transformer layers
 * @param heads attention heads, a divisor of the width
 * @param inner width inside the layers' two-layer networks
 * @param vocabulary rows of the token embedding
 * @param positions the longest sequence, 77 for every known model
 * @param kind whose training it comes from
 * @param reading which states the U-Net reads
 * @param projection numbers in what it says of a whole text; 0 if nobody reads that
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

  /** An encoder as SD 1.x has it: OpenAI's, whose last normalised states are read. */
  public ClipConfig(int width, int layers, int heads, int inner, int vocabulary, int positions) {
    this(width, layers, heads, inner, vocabulary, positions, Kind.OPENAI, Reading.LAST, 0);
  }

  /** Whose training an encoder comes from; no dimension tells. */
  public enum Kind {
    /** OpenAI's CLIP (Radford et al. 2021): quick GELU, chunks are filled up with end tokens. */
    OPENAI("OpenAI's CLIP"),
    /** OpenCLIP (Ilharco et al. 2021): exact GELU, chunks are filled up with token 0. */
    OPEN_CLIP("OpenCLIP");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** Its name for people. */
    public String label() {
      return label;
    }

    /** The tokens of a chunk, filled up as this kind is used to. */
    public int[] ids(TokenChunk chunk) {
      return this == OPENAI ? chunk.ids() : chunk.openClipIds();
    }
  }

  /** Which states of an encoder the U-Net was trained to read. */
  public enum Reading {
    /**
     * Those of the last layer, behind the final norm: SD 1.x, and SD 2.x without its last layer.
     */
    LAST(1, true),
    /** Those of the layer before the last, as they are: SDXL. */
    PENULTIMATE(2, false);

    private final int skip;
    private final boolean normalised;

    Reading(int skip, boolean normalised) {
      this.skip = skip;
      this.normalised = normalised;
    }

    /** 1 for the last layer, 2 for the one before it. */
    public int skip() {
      return skip;
    }

    /**
     * The layer that is read with a clip skip, counted as in {@link #skip()}.
     *
     * @param clipSkip 1 for the layer that the U-Net was trained to read, 2 for the one before it
     */
    public int skip(int clipSkip) {
      return skip + clipSkip - 1;
    }

    /** Whether the final norm acts on the states. */
    public boolean normalised() {
      return normalised;
    }
  }

  /** The same with another number of layers. */
  public ClipConfig withLayers(int number) {
    return new ClipConfig(
        width, number, heads, inner, vocabulary, positions, kind, reading, projection);
  }

  /**
   * How many layers, from the first on, act on what is read: all of them if somebody reads what the
   * encoder says of a whole text.
   *
   * @param skip 1 if the states of the last layer are read, 2 for the one before it, and so on
   */
  public int layersRead(int skip) {
    return projection > 0 ? layers : statesOf(skip);
  }

  /**
   * The numbers that the encoder's program is told: heads, layers in front of the states, all
   * layers or 0 if nobody reads what they say of a whole text, whether GELU is quick, and whether
   * the states are normalised.
   *
   * @param skip as in {@link #layersRead}
   */
  public List<Integer> told(int skip) {
    return List.of(
        heads,
        statesOf(skip),
        projection > 0 ? layers : 0,
        kind == Kind.OPENAI ? 1 : 0,
        reading.normalised() ? 1 : 0);
  }

  private int statesOf(int skip) {
    return layers - skip + 1;
  }

  /** The names and shapes of all weights. */
  public Map<String, List<Long>> weights() {
    WeightList list = new WeightList();
    list.add("text_model.embeddings.token_embedding.weight", vocabulary, width);
    list.add("text_model.embeddings.position_embedding.weight", positions, width);
    for (int i = 0; i < layers; i++) {
      String layer = "text_model.encoder.layers." + i;
      list.norm(layer + ".layer_norm1", width);
      for (String part : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        list.linear(layer + ".self_attn." + part, width, width);
      }
      list.norm(layer + ".layer_norm2", width);
      list.linear(layer + ".mlp.fc1", width, inner);
      list.linear(layer + ".mlp.fc2", inner, width);
    }
    list.norm("text_model.final_layer_norm", width);
    if (projection > 0) {
      list.add("text_projection.weight", projection, width);
    }
    return list.shapes();
  }
}
