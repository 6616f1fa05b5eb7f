package dev.sdlora.api.lora;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import java.util.List;
import java.util.Optional;

/**
 * Whether a LoRA fits a checkpoint, as far as files tell. Immutable.
 *
 * @param effect which of its layers match and how far it moves them; empty if it cannot be applied
 * @param base what it was trained on, within its family
 * @param checkpointBase what the checkpoint comes from
 * @param signs what told both, as sentences for people
 * @param training the checkpoint, the size of images and the clip skip of its training
 * @param predictionType what the U-Net predicted in its training; empty if nothing says it
 * @param exactBase whether the checkpoint is the file that it was trained on, by the hash in its
 *     metadata
 * @param verdict the answer in a sentence
 * @param advice what to set or to mind, as sentences; may be empty
 */
public record LoraFit(
    Optional<LoraEffect> effect,
    Base base,
    Base checkpointBase,
    List<String> signs,
    LoraDetails.Training training,
    Optional<PredictionType> predictionType,
    boolean exactBase,
    String verdict,
    List<String> advice) {

  /**
   * Copies the lists.
   *
   * @param effect empty if it cannot be applied
   * @param base what it was trained on
   * @param checkpointBase what the checkpoint comes from
   * @param signs copied
   * @param training settings of its training
   * @param predictionType what the U-Net predicted then
   * @param exactBase whether the checkpoint is the file that it was trained on
   * @param verdict the answer
   * @param advice copied
   */
  public LoraFit {
    signs = List.copyOf(signs);
    advice = List.copyOf(advice);
  }

  /** {@return whether it can be applied, and changes anything} */
  public boolean isApplicable() {
    return effect.isPresent() && effect.get().changesAnything();
  }

  /** What models of a family come from: LoRAs that were made on one work best on its kin. */
  public enum Base {
    /** Stable Diffusion 1.4 and 1.5 themselves. */
    SD1("SD 1.5", ModelFamily.SD1),
    /** NovelAI's first anime model, from which most anime models of SD 1.x come. */
    ANIME("NovelAI's anime model", ModelFamily.SD1),
    /** Stable Diffusion 2.0 and 2.1. */
    SD2("SD 2.x", ModelFamily.SD2),
    /** Stable Diffusion XL 1.0 itself. */
    SDXL("SDXL 1.0", ModelFamily.SDXL),
    /** Pony Diffusion V6 XL. */
    PONY("Pony", ModelFamily.SDXL),
    /** Illustrious XL. */
    ILLUSTRIOUS("Illustrious", ModelFamily.SDXL),
    /** NoobAI XL, which was trained further from Illustrious. */
    NOOBAI("NoobAI", ModelFamily.SDXL),
    /** SDXL Turbo and SD Turbo. */
    TURBO("Turbo", ModelFamily.UNKNOWN),
    /** SDXL Lightning. */
    LIGHTNING("Lightning", ModelFamily.SDXL),
    /** Hyper-SD, of SD 1.5 or SDXL. */
    HYPER("Hyper", ModelFamily.UNKNOWN),
    /** A model distilled by latent consistency, of SD 1.5 or SDXL. */
    LCM("LCM", ModelFamily.UNKNOWN),
    /** Nothing says it. */
    UNKNOWN("unknown", ModelFamily.UNKNOWN);

    private final String label;
    private final ModelFamily family;

    Base(String label, ModelFamily family) {
      this.label = label;
      this.family = family;
    }

    /** {@return the name as people write it} */
    public String label() {
      return label;
    }

    /** {@return the family that it is in; {@link ModelFamily#UNKNOWN} if it may be in several} */
    public ModelFamily family() {
      return family;
    }
  }
}
