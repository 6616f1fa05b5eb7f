package dev.sdlora.training.adapter;

import java.util.Optional;
import java.util.regex.Pattern;

/** The activations that IA3 multiplies: keys, values, and the inputs of each MLP's second layer. */
public enum ActivationFactors {
  /** One factor for each output of the layer. */
  OUTPUTS,
  /** One factor for each input of the layer. */
  INPUTS;

  private static final Pattern KEYS_AND_VALUES =
      Pattern.compile("(?:.*\\.)?(?:to_k|to_v|k_proj|v_proj|add_k_proj|add_v_proj)");

  private static final Pattern SECOND_OF_MLP =
      Pattern.compile(
          "(?:.*\\.)?(?:ff\\.net\\.2|ff_context\\.net\\.2|mlp\\.fc2|(?:ff|ff_context)\\.linear_out|feed_forward\\.w2)");

  /**
   * The activations of a layer that are multiplied; empty if IA3 leaves the layer alone. The layers
   * are those of LyCORIS's preset for IA3.
   *
   * @param layer the diffusers name of the layer
   */
  public static Optional<ActivationFactors> of(String layer) {
    if (KEYS_AND_VALUES.matcher(layer).matches()) {
      return Optional.of(OUTPUTS);
    }
    return SECOND_OF_MLP.matcher(layer).matches() ? Optional.of(INPUTS) : Optional.empty();
  }
}
