package dev.sdlora.infotext;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.setting.FlowKeys;
import dev.sdlora.infotext.foreign.ForeignSettings;
import dev.sdlora.infotext.key.ImageSettings;
import dev.sdlora.infotext.key.InfotextDraft;
import dev.sdlora.infotext.key.InfotextKeys;
import dev.sdlora.infotext.key.InfotextValues;
import dev.sdlora.infotext.key.SettingsLine;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Converts the settings of other programs to A1111's text format. */
final class ForeignText {
  /** A line in a prompt that would end it when the text is parsed. */
  private static final Pattern END_OF_PROMPT =
      Pattern.compile("(?md)^[^\\S\\n]*+(?=" + InfotextReader.NEGATIVE_PROMPT + ")");

  private ForeignText() {}

  /**
   * Returns the settings as text. A value that no request can have is kept under a key prefixed
   * with the program's name, so that it can be reported.
   */
  static String write(ForeignSettings settings) {
    SettingsLine line = new SettingsLine();
    settings
        .settings()
        .forEach(
            (key, value) -> {
              boolean usable = !InfotextKeys.isSetting(key) || isUnderstood(key, value);
              line.add(usable ? key : settings.program() + " " + key, value);
            });
    while (line.found() < InfotextReader.FEWEST_SETTINGS) {
      line.add(settings.program() + " settings " + line.found(), "none");
    }
    String negative = settings.negativePrompt();
    String text =
        END_OF_PROMPT.matcher(settings.prompt()).replaceAll("- ")
            + (negative.isEmpty() ? "" : "\n" + InfotextReader.NEGATIVE_PROMPT + " " + negative)
            + "\n"
            + line;
    return inOrder(text);
  }

  private static boolean isUnderstood(String key, String value) {
    try {
      InfotextDraft draft = new InfotextDraft();
      draft.size("512x512");
      InfotextKeys.byName(key).reader().accept(draft, value);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Parses the text and writes it again in A1111's order, if it contains a seed and a size. */
  private static String inOrder(String text) {
    PromptSpec spec = Infotext.parse(text);
    if (spec.seed().isEmpty() || spec.size().isEmpty()) {
      return text.strip();
    }
    ImageSettings settings =
        new ImageSettings(spec, spec.size().get(), spec.seed().getAsLong(), spec.otherParameters());
    if (spec.distilledGuidance().isPresent()) {
      settings =
          settings.with(
              FlowKeys.DISTILLED_GUIDANCE,
              InfotextValues.number(spec.distilledGuidance().getAsDouble()));
    }
    OptionalInt tokens = spec.promptOptions().t5Tokens();
    return Infotext.write(
        tokens.isPresent()
            ? settings.with(FlowKeys.T5_TOKENS, Integer.toString(tokens.getAsInt()))
            : settings);
  }
}
