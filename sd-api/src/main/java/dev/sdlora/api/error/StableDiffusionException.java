package dev.sdlora.api.error;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Root of all errors that this library raises about files, prompts and generations. Its message is
 * one sentence meant for people: what is wrong, where, what was expected and what was found.
 *
 * <p>Wrong arguments (a negative step count, say) are {@link IllegalArgumentException}s instead,
 * and use of a closed pipeline is an {@link IllegalStateException}.
 */
public class StableDiffusionException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Names in damaged files can have millions of characters. */
  private static final int LONGEST = 4000;

  /** Not kept when the error is serialized. */
  private final transient @Nullable ErrorDetails details;

  /**
   * Makes an error that tells programs nothing but its type.
   *
   * @param message one sentence for people; the middle is left out if it is longer than a page, and
   *     control characters in it, such as line ends, become escapes like {@code \\u000a}: names in
   *     it come from prompts and files, and would write lines of their own into logs
   */
  public StableDiffusionException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * Makes an error with what caused it.
   *
   * @param message one sentence for people
   * @param cause null if nothing did
   */
  public StableDiffusionException(String message, @Nullable Throwable cause) {
    this(message, ErrorDetails.NONE, cause);
  }

  /**
   * Makes an error that tells programs what it is about.
   *
   * @param message one sentence for people
   * @param details what programs are told
   */
  public StableDiffusionException(String message, ErrorDetails details) {
    this(message, details, null);
  }

  /**
   * Makes an error that tells programs what it is about, with what caused it.
   *
   * @param message one sentence for people
   * @param details what programs are told
   * @param cause null if nothing did
   */
  public StableDiffusionException(String message, ErrorDetails details, @Nullable Throwable cause) {
    super(visible(cut(message)), cause);
    this.details = Objects.requireNonNull(details, "details");
  }

  /**
   * Makes an error whose sentence is followed by other lines.
   *
   * @param sentence {@linkplain #visible visible}
   * @param lines each begins with a line end; empty for none
   */
  StableDiffusionException(String sentence, String lines, @Nullable Throwable cause) {
    super(cut(sentence) + lines, cause);
    this.details = ErrorDetails.NONE;
  }

  /**
   * {@return what the error is about, for programs} Its file is the real one, also where the
   * sentence is about the path that the caller gave.
   */
  public final ErrorDetails details() {
    return details == null ? ErrorDetails.NONE : details;
  }

  /** {@return the file or folder that the error is about; empty if it is about none} */
  public final Optional<Path> file() {
    return details().file();
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

  /** Control characters, and what ends a line in Unicode. */
  private static boolean isHidden(int unit) {
    return Character.isISOControl(unit) || unit == 0x2028 || unit == 0x2029;
  }

  /**
   * Says the same error in other words.
   *
   * @param message the other sentence
   * @return an error with the same cause and the trace of this one; what a kind of error tells
   *     beside its sentence stays
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
   * Copies what a kind of error tells beside its sentence.
   *
   * @param message the sentence of the copy
   * @return an error of the same kind with the same cause
   */
  protected StableDiffusionException copy(String message) {
    return new StableDiffusionException(message, details(), getCause());
  }
}
