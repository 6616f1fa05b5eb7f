package dev.sdlora.prompt.grammar;

import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Adds styles to prompts, one after another. A style that contains {@code {prompt}} replaces the
 * prompt and inserts it there; any other style is appended after a comma.
 */
public final class Styles {
  private static final String PLACEHOLDER = "{prompt}";
  private static final String SEPARATOR = ", ";
  private static final String WITH_STYLES = "the prompt with its styles has";

  private Styles() {}

  /**
   * Returns a prompt with the styles of its request.
   *
   * @throws dev.sdlora.api.error.PromptSyntaxException if the result exceeds the limit
   */
  public static String onPrompt(String prompt, PromptOptions options) {
    return merge(prompt, options, Style::prompt);
  }

  /**
   * Returns a negative prompt with the styles of its request.
   *
   * @throws dev.sdlora.api.error.PromptSyntaxException if the result exceeds the limit
   */
  public static String onNegativePrompt(String prompt, PromptOptions options) {
    return merge(prompt, options, Style::negativePrompt);
  }

  /**
   * Returns a request whose styles are merged into its prompts, those of hires fix and detail
   * passes included, and whose list of styles is empty.
   *
   * @throws dev.sdlora.api.error.PromptSyntaxException if a prompt exceeds the limit
   */
  public static PromptSpec merged(PromptSpec spec) {
    PromptOptions options = spec.promptOptions();
    if (options.styles().isEmpty()) {
      return spec;
    }
    PromptSpec.Builder merged =
        spec.toBuilder()
            .promptOptions(options.withStyles(List.of()))
            .prompt(onPrompt(spec.prompt(), options))
            .negativePrompt(onNegativePrompt(spec.negativePrompt(), options));
    spec.hiresFix().map(hires -> merged(hires, options)).ifPresent(merged::hiresFix);
    merged.noDetailPasses();
    for (DetailPass pass : spec.detailPasses()) {
      merged.detailPass(
          DetailTexts.changed(
              pass,
              DetailTexts::isOwn,
              text -> onPrompt(text, options),
              text -> onNegativePrompt(text, options)));
    }
    return merged.build();
  }

  private static HiresFix merged(HiresFix hires, PromptOptions options) {
    HiresFix.Builder merged = hires.toBuilder();
    hires.prompt().ifPresent(text -> merged.prompt(onPrompt(text, options)));
    hires
        .negativePrompt()
        .ifPresent(text -> merged.negativePrompt(onNegativePrompt(text, options)));
    return merged.build();
  }

  private static String merge(String prompt, PromptOptions options, Function<Style, String> of) {
    int most = options.limits().characters();
    String text = prompt;
    Limit.check(text.length(), most, "the prompt has", Limit.Unit.CHARACTERS);
    for (Style style : options.styles()) {
      // Thirty styles that each insert the prompt twice would turn one character into a billion.
      Limit.check(length(text, of.apply(style)), most, WITH_STYLES, Limit.Unit.CHARACTERS);
      text = merge(text, of.apply(style));
    }
    return text;
  }

  /** Returns an upper bound of the length of the prompt with a style. */
  private static long length(String text, String style) {
    long length = style.length();
    int placeholder = style.indexOf(PLACEHOLDER);
    if (placeholder < 0) {
      return length == 0 ? text.length() : length + SEPARATOR.length() + text.length();
    }
    while (placeholder >= 0) {
      length += text.length() - PLACEHOLDER.length();
      placeholder = style.indexOf(PLACEHOLDER, placeholder + PLACEHOLDER.length());
    }
    return length;
  }

  private static String merge(String text, String style) {
    if (style.contains(PLACEHOLDER)) {
      return style.replace(PLACEHOLDER, text);
    }
    return Stream.of(Characters.strip(text), Characters.strip(style))
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(SEPARATOR));
  }
}
