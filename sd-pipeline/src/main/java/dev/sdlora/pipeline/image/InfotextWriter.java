package dev.sdlora.pipeline.image;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;

/** Writes {@link Infotext}. */
final class InfotextWriter {
  private InfotextWriter() {}

  static String write(ImageSettings settings) {
    PromptSpec spec = settings.spec();
    StringBuilder text = new StringBuilder(spec.prompt());
    for (LoraAdapter lora : spec.loras()) {
      text.append(text.isEmpty() ? "" : " ").append(tag(lora));
    }
    if (!spec.negativePrompt().isEmpty()) {
      text.append('\n').append(InfotextReader.NEGATIVE_PROMPT).append(' ');
      text.append(spec.negativePrompt());
    }
    return text.append('\n').append(InfotextKeys.write(settings)).toString().strip();
  }

  private static String tag(LoraAdapter lora) {
    return "<lora:" + lora.name() + ":" + lora.strength().tagArguments() + ">";
  }
}
