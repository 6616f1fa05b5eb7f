package dev.sdlora.api.lora;

import dev.sdlora.api.model.PredictionType;
import java.util.List;
import java.util.Optional;

/**
 * Findings on whether a LoRA fits a checkpoint, as far as their files show. Immutable.
 *
 * @param effect the matching layers and the sizes of their changes; empty if it cannot be applied
 * @param base the base that it was trained on, within its family, such as {@code SD 1.5}, {@code
 *     Pony} or {@code Illustrious}; {@code unknown} if its file does not show it. A LoRA works best
 *     on models that come from its own base
 * @param checkpointBase the base of the checkpoint; {@code unknown} likewise
 * @param signs the evidence for both, as readable sentences
 * @param training the checkpoint, the image size and the clip skip of its training
 * @param predictionType the prediction type of the U-Net in its training; empty if unknown
 * @param exactBase whether the checkpoint is the file that it was trained on, by the hash in its
 *     metadata
 * @param verdict the conclusion, in one sentence
 * @param advice settings to use and limits to know, as sentences; may be empty
 */
public record LoraFit(
    Optional<LoraEffect> effect,
    String base,
    String checkpointBase,
    List<String> signs,
    LoraDetails.Training training,
    Optional<PredictionType> predictionType,
    boolean exactBase,
    String verdict,
    List<String> advice) {

  /**
   * Copies the lists.
   *
   * @param effect the effect, or empty if it cannot be applied
   * @param base the base that it was trained on
   * @param checkpointBase the base of the checkpoint
   * @param signs the evidence; copied
   * @param training the training settings
   * @param predictionType the prediction type in its training
   * @param exactBase whether the checkpoint is the file that it was trained on
   * @param verdict the conclusion
   * @param advice the advice; copied
   */
  public LoraFit {
    signs = List.copyOf(signs);
    advice = List.copyOf(advice);
  }

  /** {@return whether it can be applied and changes anything} */
  public boolean isApplicable() {
    return effect.isPresent() && effect.get().changesAnything();
  }
}
