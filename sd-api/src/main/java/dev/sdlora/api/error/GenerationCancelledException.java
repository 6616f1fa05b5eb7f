package dev.sdlora.api.error;

/** Thrown if a generation stops because its caller cancelled it. The pipeline remains usable. */
public class GenerationCancelledException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception with a message.
   *
   * @param message one sentence about the cancelled work
   */
  public GenerationCancelledException(String message) {
    super(message);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new GenerationCancelledException(message);
  }
}
