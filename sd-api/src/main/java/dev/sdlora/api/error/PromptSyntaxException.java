package dev.sdlora.api.error;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A prompt says something that has no meaning, such as a LoRA weight that is not a number. */
public class PromptSyntaxException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_BEFORE = 40;
  private static final int SHOWN_AFTER = 20;

  /** In characters from 0. */
  private final int offset;

  /** Null where the error is about no text, or it is not known yet. */
  private final @Nullable String prompt;

  /**
   * Makes an error at a place of a prompt that is not at hand; {@link #within} adds it.
   *
   * @param message one sentence for people
   * @param offset the place, in characters from 0
   */
  public PromptSyntaxException(String message, int offset) {
    this(visible(message), "", offset, null, null);
  }

  private PromptSyntaxException(
      String sentence,
      String lines,
      int offset,
      @Nullable String prompt,
      @Nullable Throwable cause) {
    super(sentence, lines, cause);
    this.offset = offset;
    this.prompt = prompt;
  }

  /**
   * Makes an error that shows the line of the prompt where it is, with a caret below the place.
   *
   * @param prompt the whole prompt
   * @param message one sentence for people, which the line follows
   * @param offset the place in the prompt, in characters from 0
   * @return the error
   */
  public static PromptSyntaxException in(String prompt, String message, int offset) {
    return new PromptSyntaxException(
        visible(message), "\n" + caret(prompt, offset), offset, prompt, null);
  }

  /** {@return where in the prompt the trouble starts, in characters from 0} */
  public int offset() {
    return offset;
  }

  /**
   * {@return the text in which {@link #offset()} counts: the prompt or the negative prompt of a
   * pass, with its styles} Empty where only its length is refused.
   */
  public Optional<String> prompt() {
    return Optional.ofNullable(prompt);
  }

  /**
   * Adds the prompt to an error that has none.
   *
   * @param text the prompt that the error is in
   * @return the same error with the prompt; this one if it has a prompt already
   */
  public PromptSyntaxException within(String text) {
    Objects.requireNonNull(text, "text");
    if (prompt != null) {
      return this;
    }
    PromptSyntaxException within =
        new PromptSyntaxException(String.valueOf(getMessage()), "", offset, text, getCause());
    within.setStackTrace(getStackTrace());
    return within;
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new PromptSyntaxException(message, "", offset, prompt, getCause());
  }

  private static String caret(String prompt, int offset) {
    int lineStart = prompt.lastIndexOf('\n', offset - 1) + 1;
    int lineEnd = prompt.indexOf('\n', offset);
    int from = Math.max(lineStart, offset - SHOWN_BEFORE);
    int to = Math.min(lineEnd < 0 ? prompt.length() : lineEnd, offset + SHOWN_AFTER);
    String shown = prompt.substring(from, to).replace('\t', ' ').replace('\r', ' ');
    int column = prompt.codePointCount(from, offset);
    return "  " + shown + "\n" + " ".repeat(2 + column) + "^";
  }
}
