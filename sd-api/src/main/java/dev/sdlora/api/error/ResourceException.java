package dev.sdlora.api.error;

import dev.sdlora.api.Pipeline;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request needs more than there is, or more than its pipeline was built to give. Most are refused
 * before they take memory; where an estimate was too low, memory ran out on the way. The pipeline
 * is as it was before, and smaller requests work.
 */
public class ResourceException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** The resource that there is not enough of. */
  public enum Resource {
    /** Pixels of one image, {@link Pipeline.Builder#maxPixels}. */
    PIXELS,
    /** Memory, {@link Pipeline.Builder#maxBytes}, or what the machine has left. */
    MEMORY,
    /** Places for requests that wait, {@link Pipeline.Builder#maxQueued}. */
    QUEUE
  }

  /** What there is not enough of. */
  private final Resource resource;

  /** -1 for unknown. */
  private final long needed;

  /** -1 for unknown. */
  private final long available;

  /**
   * Makes an error without numbers, as where memory ran out on the way.
   *
   * @param resource what there is not enough of
   * @param message one sentence for people
   */
  public ResourceException(Resource resource, String message) {
    this(resource, message, null);
  }

  /**
   * Makes an error without numbers, with what caused it.
   *
   * @param resource what there is not enough of
   * @param message one sentence for people
   * @param cause null if nothing did
   */
  public ResourceException(Resource resource, String message, @Nullable Throwable cause) {
    this(resource, message, -1, -1, cause);
  }

  /**
   * Makes an error with its numbers.
   *
   * @param resource what there is not enough of
   * @param message one sentence for people
   * @param needed see {@link #needed()}
   * @param available see {@link #available()}
   */
  public ResourceException(Resource resource, String message, long needed, long available) {
    this(resource, message, needed, available, null);
  }

  private ResourceException(
      Resource resource, String message, long needed, long available, @Nullable Throwable cause) {
    super(message, cause);
    this.resource = Objects.requireNonNull(resource, "resource");
    this.needed = needed;
    this.available = available;
  }

  /** {@return the resource that there is not enough of} */
  public Resource resource() {
    return resource;
  }

  /**
   * {@return how much the request needs: pixels, an estimate of bytes, or places in the queue}
   * Empty where memory ran out on the way.
   */
  public OptionalLong needed() {
    return known(needed);
  }

  /**
   * {@return how much there is, in the unit of {@link #needed()}} Empty where memory ran out on the
   * way.
   */
  public OptionalLong available() {
    return known(available);
  }

  private static OptionalLong known(long number) {
    return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new ResourceException(resource, message, needed, available, getCause());
  }
}
