package dev.sdlora.api.error;

/** A generation stopped because its caller cancelled it. The pipeline is as it was before. */
public class GenerationCancelledException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /**
   * An error with its sentence.
   *
   * @param message what was cancelled
   */
  public GenerationCancelledException(String message) {
    super(message);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new GenerationCancelledException(message);
  }
}
