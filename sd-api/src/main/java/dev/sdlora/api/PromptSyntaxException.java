package dev.sdlora.api;

/** A prompt says something that has no meaning, such as a LoRA weight that is not a number. */
public class PromptSyntaxException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN_BEFORE = 40;
  private static final int SHOWN_AFTER = 20;

  private final int offset;

  /** An error at a place of the prompt, counted in characters from 0. */
  public PromptSyntaxException(String message, int offset) {
    super(message);
    this.offset = offset;
  }

  /** An error with the line of the prompt where it is, and a caret below the place. */
  public static PromptSyntaxException in(String prompt, String message, int offset) {
    return new PromptSyntaxException(message + "\n" + caret(prompt, offset), offset);
  }

  /** Where in the prompt the trouble starts, in characters from 0. */
  public int offset() {
    return offset;
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
