package dev.sdlora.infotext;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.infotext.key.ImageSettings;
import dev.sdlora.infotext.key.InfotextKeys;
import dev.sdlora.prompt.grammar.DetailTexts;
import dev.sdlora.prompt.grammar.Styles;
import java.util.function.UnaryOperator;

/** Writes {@link Infotext}. */
final class InfotextWriter {
  private InfotextWriter() {}

  static String write(ImageSettings given) {
    // A1111 writes prompts with their styles merged.
    PromptSpec spec = tagged(Styles.merged(given.spec()));
    ImageSettings settings = new ImageSettings(spec, given.size(), given.seed(), given.facts());
    StringBuilder text = new StringBuilder(spec.prompt());
    if (!spec.negativePrompt().isEmpty()) {
      text.append('\n').append(InfotextReader.NEGATIVE_PROMPT).append(' ');
      text.append(spec.negativePrompt());
    }
    return text.append('\n').append(InfotextKeys.write(settings)).toString().strip();
  }

  /** Returns the request with its LoRAs as tags in the prompts. */
  private static PromptSpec tagged(PromptSpec spec) {
    if (spec.loras().isEmpty()) {
      return spec;
    }
    UnaryOperator<String> withTags = text -> tagged(text, spec);
    PromptSpec.Builder tagged = spec.toBuilder().noLoras().prompt(tagged(spec.prompt(), spec));
    spec.hiresFix()
        .filter(hires -> hires.prompt().isPresent())
        .map(hires -> hires.toBuilder().prompt(tagged(hires.prompt().orElseThrow(), spec)).build())
        .ifPresent(tagged::hiresFix);
    tagged.noDetailPasses();
    for (DetailPass pass : spec.detailPasses()) {
      tagged.detailPass(
          DetailTexts.changed(pass, DetailTexts::isOwn, withTags, UnaryOperator.identity()));
    }
    return tagged.build();
  }

  private static String tagged(String prompt, PromptSpec spec) {
    StringBuilder text = new StringBuilder(prompt);
    for (LoraAdapter lora : spec.loras()) {
      text.append(text.isEmpty() ? "" : " ").append(tag(lora));
    }
    return text.toString();
  }

  private static String tag(LoraAdapter lora) {
    return "<lora:" + lora.name() + ":" + lora.strength().tagArguments() + ">";
  }
}
