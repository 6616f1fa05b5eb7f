package dev.sdlora.pipeline.image;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What stands in the prompts of a request, those of hires fix included. */
final class PromptTexts {
  private static final Pattern TAG = Pattern.compile("<\\w+:[^>]+>");
  private static final Pattern LORA = Pattern.compile("<(?:lora|lyco):", Pattern.CASE_INSENSITIVE);

  private PromptTexts() {}

  /** Whether any prompt has a text outside of tags. */
  static boolean mention(PromptSpec spec, String text) {
    return all(spec).anyMatch(prompt -> TAG.matcher(prompt).replaceAll("").contains(text));
  }

  /** Whether a negative prompt has a tag of a LoRA. */
  static boolean hasNegativeLora(PromptSpec spec) {
    return negative(spec).anyMatch(prompt -> LORA.matcher(prompt).find());
  }

  /** All prompts; those that are not given are empty. */
  static Stream<String> all(PromptSpec spec) {
    Optional<String> hires = spec.hiresFix().flatMap(HiresFix::prompt);
    return Stream.concat(Stream.of(spec.prompt(), hires.orElse("")), negative(spec));
  }

  private static Stream<String> negative(PromptSpec spec) {
    Optional<String> hires = spec.hiresFix().flatMap(HiresFix::negativePrompt);
    return Stream.of(spec.negativePrompt(), hires.orElse(""));
  }
}
