package dev.sdlora.infotext.key;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.prompt.grammar.DetailTexts;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Searches the prompts of a request, including those of hires fix and detail passes. */
public final class PromptTexts {
  private static final Pattern TAG = Pattern.compile("<\\w+:[^>]+>");
  private static final Pattern LORA = Pattern.compile("<(?:lora|lyco):", Pattern.CASE_INSENSITIVE);

  private PromptTexts() {}

  /** Whether any prompt contains a text outside tags. */
  public static boolean mention(PromptSpec spec, String text) {
    return all(spec).anyMatch(prompt -> TAG.matcher(prompt).replaceAll("").contains(text));
  }

  /** Whether a negative prompt has a LoRA tag. */
  static boolean hasNegativeLora(PromptSpec spec) {
    return negative(spec).anyMatch(prompt -> LORA.matcher(prompt).find());
  }

  /** Returns all prompts; prompts that are not set are empty. */
  public static Stream<String> all(PromptSpec spec) {
    Optional<String> hires = spec.hiresFix().flatMap(HiresFix::prompt);
    return Stream.of(
            Stream.of(spec.prompt(), hires.orElse("")),
            spec.detailPasses().stream().flatMap(pass -> texts(pass.prompt())),
            negative(spec))
        .flatMap(prompts -> prompts);
  }

  private static Stream<String> negative(PromptSpec spec) {
    Optional<String> hires = spec.hiresFix().flatMap(HiresFix::negativePrompt);
    return Stream.concat(
        Stream.of(spec.negativePrompt(), hires.orElse("")),
        spec.detailPasses().stream().flatMap(pass -> texts(pass.negativePrompt())));
  }

  /** Returns the texts of a prompt of a detail pass that are not those of the request. */
  private static Stream<String> texts(String prompt) {
    return DetailTexts.split(prompt).stream()
        .filter(text -> !DetailTexts.isSkipped(text))
        .map(text -> text.isBlank() ? "" : DetailTexts.expanded(text, ""));
  }
}
