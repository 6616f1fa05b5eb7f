package dev.sdlora.api;

import org.jspecify.annotations.Nullable;

/**
 * A request needs more than there is, or more than its pipeline was built to give. Most are refused
 * before they take memory; where an estimate was too low, memory ran out on the way. The pipeline
 * is as it was before, and smaller requests work.
 */
public class ResourceException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** What there is not enough of. */
  public enum Resource {
    /** Pixels of one picture, {@link Pipeline.Builder#maxPixels}. */
    PIXELS,
    /** Memory, {@link Pipeline.Builder#maxBytes}, or what the machine has left. */
    MEMORY,
    /** Places for requests that wait, {@link Pipeline.Builder#maxQueued}. */
    QUEUE
  }

  private final Resource resource;

  /** An error with its sentence. */
  public ResourceException(Resource resource, String message) {
    this(resource, message, null);
  }

  /** An error with its sentence and what caused it. */
  public ResourceException(Resource resource, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.resource = resource;
  }

  /** What there is not enough of. */
  public Resource resource() {
    return resource;
  }
}
