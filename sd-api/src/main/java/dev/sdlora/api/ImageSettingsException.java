package dev.sdlora.api;

/** A picture is sound, but holds no settings, or those of a program that cannot be read. */
public class ImageSettingsException extends ImageFileException {
  private static final long serialVersionUID = 1L;

  /** An error with its sentence. */
  public ImageSettingsException(String message) {
    super(message);
  }
}
