package dev.sdlora.pipeline.image;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.pipeline.foreign.ForeignSettings;
import java.util.regex.Pattern;

/** What another program says of an image, written as A1111 would. */
final class ForeignText {
  /** A prompt may have any lines, but not one that ends it. */
  private static final Pattern END_OF_PROMPT =
      Pattern.compile("(?md)^[^\\S\\n]*+(?=" + InfotextReader.NEGATIVE_PROMPT + ")");

  private ForeignText() {}

  /**
   * The text. A value that no request can have stands under the program's name, beside what A1111
   * has no name for, so that it is told and not lost.
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

  /** The text that is written again of what is read from it, if it says all that has to be said. */
  private static String inOrder(String text) {
    PromptSpec spec = Infotext.parse(text);
    return spec.seed().isPresent() && spec.size().isPresent()
        ? Infotext.write(
            new ImageSettings(
                spec, spec.size().get(), spec.seed().getAsLong(), spec.otherParameters()))
        : text.strip();
  }
}
