package dev.sdlora.api.error;

import dev.sdlora.api.model.ModelFamily;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An error about a file or about a requested name. Its accessors give programs the details that the
 * message names.
 */
public abstract class DetailedException extends StableDiffusionException {
  private static final long serialVersionUID = 1L;

  DetailedException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(message, details, cause);
  }

  /**
   * {@return the name of the affected tensor in the file; empty if the error concerns no tensor}
   */
  public final Optional<String> tensor() {
    return details().tensor();
  }

  /**
   * {@return the requested name, such as that of a LoRA in a prompt or an adapter} Empty if the
   * error concerns no name.
   */
  public final Optional<String> name() {
    return details().name();
  }

  /** {@return the available names, if an unknown name was requested} */
  public final List<String> knownNames() {
    return details().knownNames();
  }

  /** {@return names similar to the requested one, the most similar first} Often empty. */
  public final List<String> nearestNames() {
    return details().nearestNames();
  }

  /** {@return the expected model family; empty unless another family was found} */
  public final Optional<ModelFamily> expectedFamily() {
    return details().expectedFamily();
  }

  /** {@return the family of the model that was found; empty unless another family was expected} */
  public final Optional<ModelFamily> foundFamily() {
    return details().foundFamily();
  }
}
