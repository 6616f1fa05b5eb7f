package dev.sdlora.api.make;

import java.util.List;

/**
 * Weights that differ between two models but are skipped by an extraction, for one cause.
 *
 * @param cause the cause
 * @param layers the names of the weights inside the network
 * @param share their share of the whole change, by the sum of squares
 */
public record SkippedLayers(Cause cause, List<String> layers, double share) {

  /** Causes for skipping layers. */
  public enum Cause {
    /** The extraction does not include them. */
    OUTSIDE_TRANSFORMERS("layers outside the transformer blocks"),
    /** The extraction does not include the text encoder. */
    TEXT_ENCODER("layers of the text encoder"),
    /** The change cannot be expressed as two factors. */
    NO_FACTORS("biases, normalisations and embeddings"),
    /**
     * The models have different shapes there, so there is no difference; the layers count as
     * unchanged.
     */
    OTHER_SHAPE("layers of another shape");

    private final String label;

    Cause(String label) {
      this.label = label;
    }

    /** {@return a description of these layers} */
    public String label() {
      return label;
    }
  }

  /**
   * Copies the names.
   *
   * @param cause the cause
   * @param layers the names of the weights; copied
   * @param share their share of the whole change, 0 to 1
   */
  public SkippedLayers {
    layers = List.copyOf(layers);
  }
}
