package dev.sdlora.api.error;

import dev.sdlora.api.Pipeline;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Thrown if a request needs more resources than the machine has or the pipeline allows. Most such
 * requests are rejected before they allocate memory; if an estimate was too low, memory runs out
 * during the generation. The pipeline remains usable for smaller requests.
 */
public class ResourceException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  /** A resource that a request can exceed. */
  public enum Resource {
    /** Pixels of one image; see {@link Pipeline.Builder#maxPixels}. */
    PIXELS,
    /**
     * Memory: the limit of {@link Pipeline.Builder#maxBytes}, or the memory available on the
     * machine.
     */
    MEMORY,
    /** Places in the queue; see {@link Pipeline.Builder#maxQueued}. */
    QUEUE
  }

  private final Resource resource;

  /** -1 if unknown. */
  private final long needed;

  /** -1 if unknown. */
  private final long available;

  /**
   * Creates an exception without amounts, such as for memory that ran out during a generation.
   *
   * @param resource the exhausted resource
   * @param message one sentence about the error
   */
  public ResourceException(Resource resource, String message) {
    this(resource, message, null);
  }

  /**
   * Creates an exception without amounts, with a cause.
   *
   * @param resource the exhausted resource
   * @param message one sentence about the error
   * @param cause the underlying error; null if there is none
   */
  public ResourceException(Resource resource, String message, @Nullable Throwable cause) {
    this(resource, message, -1, -1, cause);
  }

  /**
   * Creates an exception with amounts.
   *
   * @param resource the exhausted resource
   * @param message one sentence about the error
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

  /** {@return the exhausted resource} */
  public Resource resource() {
    return resource;
  }

  /**
   * {@return the amount that the request needs: pixels, estimated bytes, or places in the queue}
   * Empty if memory ran out during the generation.
   */
  public OptionalLong needed() {
    return known(needed);
  }

  /**
   * {@return the available amount, in the unit of {@link #needed()}} Empty if memory ran out during
   * the generation.
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
