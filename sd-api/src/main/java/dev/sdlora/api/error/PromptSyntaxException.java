package dev.sdlora.api.error;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown if a prompt contains invalid syntax, such as a LoRA weight that is not a number. */
public class PromptSyntaxException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_BEFORE = 40;
  private static final int SHOWN_AFTER = 20;

  /** The offset in characters, from 0. */
  private final int offset;

  /** Null if the error concerns no text, or the text is not known yet. */
  private final @Nullable String prompt;

  /**
   * Creates an exception without the prompt; {@link #within} adds it.
   *
   * @param message one sentence about the error
   * @param offset the place of the error in the prompt, in characters from 0
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
   * Returns an exception whose message ends with the affected line of the prompt and a caret below
   * the place of the error.
   *
   * @param prompt the whole prompt
   * @param message one sentence about the error, which precedes the line
   * @param offset the place of the error in the prompt, in characters from 0
   * @return the exception
   */
  public static PromptSyntaxException in(String prompt, String message, int offset) {
    return new PromptSyntaxException(
        visible(message), "\n" + caret(prompt, offset), offset, prompt, null);
  }

  /** {@return the place in the prompt where the error begins, in characters from 0} */
  public int offset() {
    return offset;
  }

  /**
   * {@return the text that {@link #offset()} refers to: the prompt or negative prompt of a pass,
   * including styles} Empty if the error is only that the prompt is too long.
   */
  public Optional<String> prompt() {
    return Optional.ofNullable(prompt);
  }

  /**
   * Adds the prompt to an exception that has none.
   *
   * @param text the prompt that contains the error
   * @return a copy with the prompt; this exception if it already has one
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
