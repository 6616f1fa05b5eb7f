package dev.sdlora.api.grid;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Changes to a request that depend on its current values. */
final class PromptEdits {
  private PromptEdits() {}

  /** Replaces a text in the prompt and the negative prompt. */
  static void replace(PromptSpec.Builder spec, String text, String by) {
    PromptSpec now = spec.build();
    if (!now.prompt().contains(text) && !now.negativePrompt().contains(text)) {
      throw new IllegalArgumentException(
          "'" + text + "' is neither in the prompt nor in the negative prompt");
    }
    spec.prompt(now.prompt().replace(text, by));
    spec.negativePrompt(now.negativePrompt().replace(text, by));
  }

  /**
   * Sets the strength in a LoRA's tags and keeps the other arguments; adds a tag if there is none.
   */
  static void loraStrength(PromptSpec.Builder spec, String name, String strength) {
    String prompt = spec.prompt();
    Matcher tag =
        Pattern.compile("<lora:\\s*" + Pattern.quote(name) + "\\s*(:[^>]*)?>").matcher(prompt);
    if (tag.find()) {
      spec.prompt(tag.replaceAll(found -> Matcher.quoteReplacement(tag(name, strength, found))));
    } else {
      spec.prompt((prompt + " <lora:" + name + ":" + strength + ">").strip());
    }
  }

  private static String tag(String name, String strength, MatchResult found) {
    String others =
        Arrays.stream(Optional.ofNullable(found.group(1)).orElse("").split(":"))
            .filter(argument -> argument.contains("="))
            .filter(argument -> !argument.strip().matches("(te|unet)=.*"))
            .map(argument -> ":" + argument)
            .collect(Collectors.joining());
    return "<lora:" + name + ":" + strength + others + ">";
  }

  /** Sets the denoising strength of img2img and of hires fix, whichever the request uses. */
  static void denoisingStrength(PromptSpec.Builder spec, double strength) {
    PromptSpec now = spec.build();
    Optional<ImageToImage> image = now.imageToImage();
    Optional<HiresFix> hires = now.hiresFix();
    if (image.isEmpty() && hires.isEmpty()) {
      throw new IllegalArgumentException(
          "an axis of denoising strengths requires img2img or hires fix");
    }
    image.ifPresent(
        settings -> spec.imageToImage(settings.toBuilder().denoisingStrength(strength).build()));
    hires.ifPresent(
        settings -> spec.hiresFix(settings.toBuilder().denoisingStrength(strength).build()));
  }
}
