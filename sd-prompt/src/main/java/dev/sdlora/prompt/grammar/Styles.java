package dev.sdlora.prompt.grammar;

import dev.sdlora.api.Style;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Adds styles to prompts, one after another. A style with {@code {prompt}} takes the place of the
 * prompt and puts it there; any other follows behind a comma.
 */
public final class Styles {
  private static final String PLACEHOLDER = "{prompt}";

  private Styles() {}

  /** A prompt with styles. */
  public static String onPrompt(String prompt, List<Style> styles) {
    String text = prompt;
    for (Style style : styles) {
      text = merge(text, style.prompt());
    }
    return text;
  }

  /** A negative prompt with styles. */
  public static String onNegativePrompt(String prompt, List<Style> styles) {
    String text = prompt;
    for (Style style : styles) {
      text = merge(text, style.negativePrompt());
    }
    return text;
  }

  private static String merge(String text, String style) {
    if (style.contains(PLACEHOLDER)) {
      return style.replace(PLACEHOLDER, text);
    }
    return Stream.of(Characters.strip(text), Characters.strip(style))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(", "));
  }
}
