package dev.sdlora.families.family;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSchedule.Weighted;
import dev.sdlora.prompt.schedule.PromptSteps;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Checks requests to families whose denoiser is a transformer that predicts flows. */
public final class FlowSettings {
  /** Why other models refuse reference images. */
  public static final String REFERENCE_READERS =
      "only FLUX.2 and FLUX.1 Kontext, Canny and Depth read them";

  private final String label;
  private final boolean isDistilled;
  private final boolean readsReferences;
  private final PromptReading reading;

  /**
   * Creates the checks of a model.
   *
   * @param readsReferences whether it reads reference images
   * @param reading the reading of its prompts
   */
  public FlowSettings(TransformerModel model, boolean readsReferences, PromptReading reading) {
    this.label = model.checkpoint().family().label();
    this.isDistilled = model.isDistilled();
    this.readsReferences = readsReferences;
    this.reading = reading;
  }

  /**
   * Checks a request.
   *
   * @throws IllegalArgumentException if it has a setting that only U-Nets understand
   */
  void require(PromptSpec spec, ImageSize size, int multiple) {
    requireMultiple(size, multiple);
    refuse(
        spec.controlUnits().isEmpty(), "controlUnits are given", "ControlNets steer only U-Nets");
    refuse(spec.imagePrompts().isEmpty(), "imagePrompts are given", "IP-Adapters are for U-Nets");
    refuse(
        spec.tiling() == Tiling.NONE,
        "tiling is " + spec.tiling(),
        "a transformer has no edges to wrap");
    refuse(
        spec.speedOptions().tokenMergingRatio() == 0,
        "tokenMergingRatio is " + spec.speedOptions().tokenMergingRatio(),
        "token merging is for U-Nets");
    refuse(
        spec.speedOptions().cacheInterval() == 1,
        "cacheInterval is " + spec.speedOptions().cacheInterval(),
        "DeepCache is for U-Nets");
    refuse(
        !spec.samplerOptions().zeroTerminalSnr(),
        "zeroTerminalSnr is set",
        "a flow ends in pure noise anyway");
    refuse(
        spec.finalDecoder() == FinalDecoder.VAE,
        "finalDecoder is " + spec.finalDecoder(),
        "images of this family are decoded by its VAE");
    refuse(
        readsReferences || spec.referenceImages().isEmpty(),
        "referenceImages are given",
        REFERENCE_READERS);
    for (Image image : spec.referenceImages()) {
      if (image.width() < multiple || image.height() < multiple) {
        throw new IllegalArgumentException(
            "a reference image has %s x %s pixels, expected at least %s x %s"
                .formatted(image.width(), image.height(), multiple, multiple));
      }
    }
  }

  private void refuse(boolean isSupported, String found, String reason) {
    if (!isSupported) {
      throw new IllegalArgumentException(
          "%s, but the checkpoint is %s: %s; remove the setting".formatted(found, label, reason));
    }
  }

  /** Throws if a side is not a multiple of a number. */
  private void requireMultiple(ImageSize size, int multiple) {
    if (size.width() % multiple != 0 || size.height() % multiple != 0) {
      throw new IllegalArgumentException(
          "size is %s, but width and height of images of %s must be multiples of %s; use %sx%s"
              .formatted(
                  size,
                  label,
                  multiple,
                  rounded(size.width(), multiple),
                  rounded(size.height(), multiple)));
    }
  }

  private static int rounded(int side, int multiple) {
    return Math.max(1, Math.round((float) side / multiple)) * multiple;
  }

  /**
   * Whether the negative prompt acts: if the factors of the parts add up to 1 everywhere, it
   * cancels out.
   */
  public static boolean readsNegative(PromptSpec spec, List<Weighted> parts) {
    return spec.cfgScale() != 1
        || !spec.masks().isEmpty()
        || parts.stream().mapToDouble(Weighted::weight).sum() != 1;
  }

  /** Returns warnings about what has another meaning, or none, with this model. */
  List<String> warnings(PromptSpec spec, PromptSteps pass, String prompt, String negative) {
    List<String> warnings = new ArrayList<>();
    PromptLimits limits = spec.promptOptions().limits();
    List<Weighted> parts = PromptSchedule.ofParts(prompt, pass, limits);
    boolean isGuided = readsNegative(spec, parts);
    if (isDistilled && spec.cfgScale() != 1) {
      warnings.add(
          "cfgScale is %s, but this %s model is distilled and made for cfgScale 1; higher values take twice the time and exaggerate colours"
              .formatted(spec.cfgScale(), label));
    }
    if (spec.clipSkip() != 1) {
      warnings.add(
          "clipSkip is %s, but %s reads fixed layers of its text encoder, so it has no effect"
              .formatted(spec.clipSkip(), label));
    }
    if (!isGuided && !negative.isBlank()) {
      warnings.add("the negative prompt has no effect at cfgScale 1");
    }
    List<String> texts =
        Stream.concat(
                parts.stream().map(Weighted::schedule),
                isGuided
                    ? Stream.of(PromptSchedule.of(negative, pass, limits))
                    : Stream.<PromptSchedule>empty())
            .flatMap(schedule -> schedule.entries().stream())
            .map(PromptSchedule.Entry::text)
            .distinct()
            .toList();
    warnings.addAll(new PromptWarnings(label, reading).warnings(texts));
    return warnings;
  }
}
