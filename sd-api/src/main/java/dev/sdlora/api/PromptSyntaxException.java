package dev.sdlora.api;

/** A prompt says something that has no meaning, such as a LoRA weight that is not a number. */
public class PromptSyntaxException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  private final int offset;

  /** An error at a place of the prompt, counted in characters from 0. */
  public PromptSyntaxException(String message, int offset) {
    super(message);
    this.offset = offset;
  }

  /** Where in the prompt the trouble starts, in characters from 0. */
  public int offset() {
    return offset;
  }
}
