package dev.sdlora.api.error;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An image is sound, but holds no settings, or those of a program that cannot be read. */
public class ImageSettingsException extends ImageFileException {
  private static final long serialVersionUID = 1L;

  /** The program whose settings they are; null if there are none. */
  private final @Nullable String program;

  /**
   * An error with its sentence.
   *
   * @param message what is wrong, where, what was expected and what was found
   */
  public ImageSettingsException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * An error with its sentence and what it is about.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param details what the sentence names, for programs
   */
  public ImageSettingsException(String message, ErrorDetails details) {
    this(message, details, null, null);
  }

  /**
   * An error about the settings of a program that cannot be read.
   *
   * @param message what is wrong, where, what was expected and what was found
   * @param details what the sentence names, for programs
   * @param program the program whose settings they are, such as {@code ComfyUI}
   */
  public ImageSettingsException(String message, ErrorDetails details, String program) {
    this(message, details, Objects.requireNonNull(program, "program"), null);
  }

  private ImageSettingsException(
      String message, ErrorDetails details, @Nullable String program, @Nullable Throwable cause) {
    super(message, details, cause);
    this.program = program;
  }

  /**
   * {@return the program whose settings they are, such as {@code ComfyUI}; empty if there are none}
   */
  public Optional<String> program() {
    return Optional.ofNullable(program);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new ImageSettingsException(message, details(), program, getCause());
  }
}
