package dev.sdlora.prompt.grammar;

import dev.sdlora.api.image.DetailPass;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The prompts of detail passes in ADetailer's syntax: {@code [SEP]} between the texts of the finds,
 * {@code [PROMPT]} for the prompt of the request, and {@code [SKIP]} to leave a find as it is.
 */
public final class DetailTexts {
  private static final Pattern SEPARATOR = Pattern.compile("(?U)\\s*\\[SEP\\]\\s*");
  private static final Pattern SKIP = Pattern.compile("(?U)\\s*\\[SKIP\\]\\s*");
  private static final String PROMPT = "[PROMPT]";
  private static final String JOINED = " [SEP] ";

  private DetailTexts() {}

  /** Returns the texts of a prompt, in the order of the finds: at least one. */
  public static List<String> split(String prompt) {
    return Arrays.asList(SEPARATOR.split(prompt, -1));
  }

  /** Returns a prompt of several texts. */
  public static String join(List<String> texts) {
    return String.join(JOINED, texts);
  }

  /** Whether a text leaves its find as it is. */
  public static boolean isSkipped(String text) {
    return SKIP.matcher(text).matches();
  }

  /** Whether a text is a prompt, perhaps around that of the request. */
  public static boolean isPrompt(String text) {
    return !text.isBlank() && !isSkipped(text);
  }

  /** Whether a text is a prompt that does not contain that of the request. */
  public static boolean isOwn(String text) {
    return isPrompt(text) && !text.contains(PROMPT);
  }

  /**
   * Returns a text with the prompt of the request instead of {@code [PROMPT]}.
   *
   * @param text blank for the prompt of the request
   */
  public static String expanded(String text, String ofRequest) {
    return text.isBlank() ? ofRequest : text.replace(PROMPT, ofRequest);
  }

  /** Returns the length of a text after {@link #expanded}. */
  public static long length(String text, String ofRequest) {
    long places = ((long) text.length() - text.replace(PROMPT, "").length()) / PROMPT.length();
    return text.isBlank()
        ? ofRequest.length()
        : text.length() + places * (ofRequest.length() - PROMPT.length());
  }

  /**
   * Changes the texts of a pass.
   *
   * @param isChanged chooses the texts: {@link #isOwn} for changes that the prompt of the request
   *     brings along
   * @param prompt changes a text of the prompt
   * @param negative changes a text of the negative prompt
   */
  public static DetailPass changed(
      DetailPass pass,
      Predicate<String> isChanged,
      UnaryOperator<String> prompt,
      UnaryOperator<String> negative) {
    return pass.toBuilder()
        .prompt(changed(pass.prompt(), isChanged, prompt))
        .negativePrompt(changed(pass.negativePrompt(), isChanged, negative))
        .build();
  }

  private static String changed(
      String prompt, Predicate<String> isChanged, UnaryOperator<String> change) {
    List<String> texts = split(prompt);
    if (texts.stream().noneMatch(isChanged)) {
      return prompt;
    }
    return texts.stream()
        .map(text -> isChanged.test(text) ? change.apply(text) : text)
        .collect(Collectors.joining(JOINED));
  }
}
