package dev.sdlora.api.error;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error about a file, or about what somebody asked for by a name. Beside its sentence it tells
 * programs the same things one by one.
 */
public abstract class DetailedException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  DetailedException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
  }

  /**
   * {@return the tensor that the error is about, by its name in the file; empty if it is about
   * none}
   */
  public final Optional<String> tensor() {
    return details().tensor();
  }

  /**
   * {@return what was asked for by a name, such as a LoRA as the request names it, in a prompt or
   * by the adapter that it gives} Empty if the error is not about that.
   */
  public final Optional<String> name() {
    return details().name();
  }

  /** {@return the names that there are, where one was asked for that is not among them} */
  public final List<String> knownNames() {
    return details().knownNames();
  }

  /** {@return names that may have been meant, the most probable first} Mostly empty. */
  public final List<String> nearestNames() {
    return details().nearestNames();
  }

  /** {@return the family of models that was expected; empty unless another was found} */
  public final Optional<ModelFamily> expectedFamily() {
    return details().expectedFamily();
  }

  /** {@return the family of models that was found; empty unless another was expected} */
  public final Optional<ModelFamily> foundFamily() {
    return details().foundFamily();
  }
}
