package dev.sdlora.api.error;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Thrown if an image is valid but contains no settings, or settings of an unsupported program. */
public class ImageSettingsException extends ImageFileException {
  private static final long serialVersionUID = 1L;

  /** The program that wrote the settings; null if there are no settings. */
  private final @Nullable String program;

  /**
   * Creates an exception with a message.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   */
  public ImageSettingsException(String message) {
    this(message, ErrorDetails.NONE);
  }

  /**
   * Creates an exception with a message and details.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param details the things that the message names, in machine-readable form
   */
  public ImageSettingsException(String message, ErrorDetails details) {
    this(message, details, null, null);
  }

  /**
   * Creates an exception for settings written by an unsupported program.
   *
   * @param message one sentence: the problem, its place, and the expected and the actual value
   * @param details the things that the message names, in machine-readable form
   * @param program the program that wrote the settings, such as {@code ComfyUI}
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
   * {@return the program that wrote the settings, such as {@code ComfyUI}; empty if there are no
   * settings}
   */
  public Optional<String> program() {
    return Optional.ofNullable(program);
  }

  @Override
  protected StableDiffusionException copy(String message) {
    return new ImageSettingsException(message, details(), program, getCause());
  }
}
