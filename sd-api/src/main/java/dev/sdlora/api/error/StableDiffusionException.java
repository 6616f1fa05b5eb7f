package dev.sdlora.api.error;

import dev.sdlora.api.model.ModelFamily;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The base class of all exceptions that this library throws for errors in files, prompts and
 * generations. The message is one sentence for people: the problem, its place, and the expected and
 * the actual value. Its accessors give programs the details that the message names.
 *
 * <p>Invalid arguments, such as a negative number of steps, throw {@link IllegalArgumentException}
 * instead, and the use of a closed pipeline throws {@link IllegalStateException}.
 */
public class StableDiffusionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Longest message in characters; names in damaged files can have millions. */
  private static final int LONGEST = 4000;

  /** Lost when the exception is serialized. */
  private final transient @Nullable ErrorDetails details;

  /**
   * Creates an exception with a message.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value. The
   *     middle of a message of more than 4000 characters is cut out. Control characters such as
   *     line ends are escaped like {@code \\u000a}, because names from prompts and files could
   *     otherwise forge log lines
   */
  public StableDiffusionException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * Creates an exception with a message and a cause.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param cause the underlying error; null if there is none
   */
  public StableDiffusionException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /**
   * Creates an exception with a message and details.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param details the things that the message names, in machine-readable form
   */
  public StableDiffusionException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /**
   * Creates an exception with a message, details and a cause.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param details the things that the message names, in machine-readable form
   * @param cause the underlying error; null if there is none
   */
  public StableDiffusionException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(visible(cut(message)), cause);
    this.details = Objects.requireNonNull(details, "details");
  }

  /**
   * Creates an exception whose sentence is followed by further lines.
   *
   * @param sentence the sentence, already {@linkplain #visible escaped}
   * @param lines lines that each begin with a line end; empty for none
   */
  StableDiffusionException(String sentence, String lines, @Nullable Throwable cause) {
    super(cut(sentence) + lines, cause);
    this.details = ErrorDetails.NONE;
  }

  /**
   * {@return the details of the error for programs} The file is always the real path, even if the
   * message shows the path given by the caller.
   */
  public final ErrorDetails details() {
    return details == null ? ErrorDetails.NONE : details;
  }

  /** {@return the affected file or folder; empty if the error concerns none} */
  public final Optional<Path> file() {
    return details().file();
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

  private static String cut(String message) {
    int left = message.length() - LONGEST;
    return left <= 0
        ? message
        : message.substring(0, LONGEST - 1000)
            + " [… "
            + left
            + " more characters …] "
            + message.substring(message.length() - 1000);
  }

  static String visible(String message) {
    if (message.chars().noneMatch(StableDiffusionException::isHidden)) {
      return message;
    }
    StringBuilder visible = new StringBuilder();
    message
        .chars()
        .forEach(
            unit -> {
              if (isHidden(unit)) {
                visible.append(String.format(Locale.ROOT, "\\u%04x", unit));
              } else {
                visible.append((char) unit);
              }
            });
    return visible.toString();
  }

  /** Returns whether a character is a control character or a Unicode line separator. */
  private static boolean isHidden(int unit) {
    return Character.isISOControl(unit) || unit == 0x2028 || unit == 0x2029;
  }

  /**
   * Returns a copy of this exception with another message.
   *
   * @param message the new message
   * @return an exception with the same type, details, cause and stack trace
   */
  public final StableDiffusionException withMessage(String message) {
    StableDiffusionException other = copy(message);
    other.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      other.addSuppressed(suppressed);
    }
    return other;
  }

  /**
   * Copies this exception with its type and details.
   *
   * @param message the message of the copy
   * @return an exception of the same type with the same cause
   */
  protected StableDiffusionException copy(String message) {
    return new StableDiffusionException(message, details(), getCause());
  }
}
