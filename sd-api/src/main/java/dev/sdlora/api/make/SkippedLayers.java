package dev.sdlora.api.make;

import java.util.List;

/**
 * Weights in which two models differ but which an extraction leaves out, for one cause.
 *
 * @param cause why
 * @param layers the names of the weights inside the network
 * @param share of the whole change that is theirs, by the sum of squares
 */
public record SkippedLayers(Cause cause, List<String> layers, double share) {

  /** Why layers are left out. */
  public enum Cause {
    /** The extraction was not asked for them. */
    OUTSIDE_TRANSFORMERS("layers of the U-Net outside its transformers"),
    /** The extraction was told to leave it out. */
    TEXT_ENCODER("layers of the text encoder"),
    /** Two factors cannot stand for the change. */
    NO_FACTORS("biases, normalisations and embeddings"),
    /** The models have different shapes there, so there is no difference; counts as no change. */
    OTHER_SHAPE("layers of another shape");

    private final String label;

    Cause(String label) {
      this.label = label;
    }

    /** {@return what these layers are, in words} */
    public String label() {
      return label;
    }
  }

  /**
   * Copies the names.
   *
   * @param cause why they are left out
   * @param layers the names of the weights
   * @param share from 0 to 1
   */
  public SkippedLayers {
    layers = List.copyOf(layers);
  }
}
