package dev.sdlora.spring;

import dev.sdlora.api.lora.LoraReport;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.image.ImageGenerationMetadata;

/**
 * Metadata of one image, from {@code response.getResult().getMetadata()} of a response of {@link
 * SdLoraImageModel}. Immutable.
 *
 * @param seed the seed of the image
 * @param infotext the settings in A1111's text form, sufficient to reproduce the image
 * @param loras a report for each applied LoRA, in the order of application
 * @param warnings messages about ignored settings
 */
public record SdLoraImageMetadata(
    long seed, String infotext, List<LoraReport> loras, List<String> warnings)
    implements ImageGenerationMetadata {
  /**
   * Copies the lists.
   *
   * @param seed the seed of the image
   * @param infotext the settings in A1111's text form
   * @param loras may be empty
   * @param warnings may be empty
   */
  public SdLoraImageMetadata {
    Objects.requireNonNull(infotext, "infotext");
    loras = List.copyOf(loras);
    warnings = List.copyOf(warnings);
  }
}
