package dev.sdlora.spring;

import dev.sdlora.api.lora.LoraReport;
import java.util.List;
import java.util.Objects;
import org.springframework.ai.image.ImageGenerationMetadata;

/**
 * What there is to know about one image; {@code response.getResult().getMetadata()} of an answer of
 * {@link SdLoraImageModel}. Immutable.
 *
 * @param seed the seed that made it
 * @param infotext its settings in A1111's text form, which make it again
 * @param loras how each LoRA that acted was used, in the order of application
 * @param warnings sentences about what was passed over
 */
public record SdLoraImageMetadata(
    long seed, String infotext, List<LoraReport> loras, List<String> warnings)
    implements ImageGenerationMetadata {
  /**
   * Copies the lists.
   *
   * @param seed the seed that made it
   * @param infotext its settings in A1111's text form
   * @param loras may be empty
   * @param warnings may be empty
   */
  public SdLoraImageMetadata {
    Objects.requireNonNull(infotext, "infotext");
    loras = List.copyOf(loras);
    warnings = List.copyOf(warnings);
  }
}
