package dev.sdlora.lora.family;

import dev.sdlora.api.model.ModelFamily;
import java.util.Optional;

/** What the LoRA files of a family look like. Immutable and thread-safe. */
public interface LayerTable {
  /** The family. */
  ModelFamily family();

  /**
   * A pattern of words in {@code ss_base_model_version} or {@code modelspec.architecture}, in lower
   * case, that name the family.
   */
  String words();

  /**
   * The value of {@code ss_base_model_version} in files for the family.
   *
   * @param velocity whether the model predicts velocity, not noise
   */
  String baseVersion(boolean velocity);

  /**
   * The value of {@code modelspec.architecture} in files for the family, without {@code /lora}.
   *
   * @param velocity whether the model predicts velocity, not noise
   */
  String architecture(boolean velocity);

  /** The value of {@code modelspec.implementation}, an address. */
  String implementation();

  /** The names of layers in other code; empty if the denoiser is no transformer. */
  default Optional<TransformerNames> names() {
    return Optional.empty();
  }

  /** Whether LoRAs of a family can be applied to models of this one. */
  default boolean fits(ModelFamily lora) {
    return lora == family();
  }

  /** Whether kohya's trainer has the option {@code --v2} for the family. */
  default boolean isV2() {
    return false;
  }

  /**
   * Whether kohya's trainer numbers the text encoders from 1 and has the layer names of Stability's
   * code for the U-Net.
   */
  default boolean hasSgmNames() {
    return false;
  }
}
