package dev.sdlora.api.image;

import dev.sdlora.api.value.Labels;
import java.util.Objects;

/** The way an image is fitted to the request's size; A1111's "Resize mode". */
public enum ResizeMode {
  /** Scales each side separately, which may distort the image. The default. */
  JUST_RESIZE("Just resize"),
  /** Scales the image to cover the size, and crops it. */
  CROP_AND_RESIZE("Crop and resize"),
  /** Scales the image to fit within the size, and extends its edges. */
  RESIZE_AND_FILL("Resize and fill"),
  /** Encodes the image at its own size and scales the latent, which may distort the image. */
  LATENT_UPSCALE("Just resize (latent upscale)");

  private final String label;

  ResizeMode(String label) {
    this.label = label;
  }

  /** {@return the name that A1111 shows} */
  public String label() {
    return label;
  }

  /**
   * Finds a mode by its name.
   *
   * @param name a label or a constant's name; case, spaces and punctuation are ignored
   * @return the mode
   * @throws IllegalArgumentException if the name is unknown; the message lists all modes
   */
  public static ResizeMode parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), ResizeMode::label, "resize mode", name);
  }
}
