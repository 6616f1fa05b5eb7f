package dev.sdlora.lora.family;

import dev.sdlora.api.model.ModelFamily;

/**
 * The origins of the models of a family. A LoRA works best on models that come from its own base.
 */
public enum Base {
  /** Stable Diffusion 1.4 and 1.5 themselves. */
  SD1("SD 1.5", ModelFamily.SD1),
  /** NovelAI's first anime model, the origin of most anime models of SD 1.x. */
  ANIME("NovelAI's anime model", ModelFamily.SD1),
  /** Stable Diffusion 2.0 and 2.1. */
  SD2("SD 2.x", ModelFamily.SD2),
  /** Stable Diffusion XL 1.0 itself. */
  SDXL("SDXL 1.0", ModelFamily.SDXL),
  /** Pony Diffusion V6 XL. */
  PONY("Pony", ModelFamily.SDXL),
  /** Illustrious XL. */
  ILLUSTRIOUS("Illustrious", ModelFamily.SDXL),
  /** NoobAI XL, a further training of Illustrious. */
  NOOBAI("NoobAI", ModelFamily.SDXL),
  /** SDXL Turbo and SD Turbo. */
  TURBO("Turbo", ModelFamily.UNKNOWN),
  /** SDXL Lightning. */
  LIGHTNING("Lightning", ModelFamily.SDXL),
  /** Hyper-SD, for SD 1.5 or SDXL. */
  HYPER("Hyper", ModelFamily.UNKNOWN),
  /** A model distilled by latent consistency, from SD 1.5 or SDXL. */
  LCM("LCM", ModelFamily.UNKNOWN),
  /** A base that the file does not show. */
  UNKNOWN("unknown", ModelFamily.UNKNOWN);

  private final String label;
  private final ModelFamily family;

  Base(String label, ModelFamily family) {
    this.label = label;
    this.family = family;
  }

  /** {@return the usual name of this base, such as {@code SD 1.5}} */
  public String label() {
    return label;
  }

  /** {@return the family of this base; {@link ModelFamily#UNKNOWN} if it may be in several} */
  public ModelFamily family() {
    return family;
  }
}
