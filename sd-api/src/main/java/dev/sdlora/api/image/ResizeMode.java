package dev.sdlora.api.image;

import dev.sdlora.api.value.Labels;
import java.util.Objects;

/** How an image gets to the size of the request; A1111's "Resize mode". */
public enum ResizeMode {
  /** Both sides are scaled to fit, which may distort. The default. */
  JUST_RESIZE("Just resize"),
  /** Scaled until it covers the size, and cut. */
  CROP_AND_RESIZE("Crop and resize"),
  /** Scaled until it lies within the size, its edges drawn out. */
  RESIZE_AND_FILL("Resize and fill"),
  /** Encoded at its own size; the latent is scaled, which may distort. */
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
   * Finds a mode by its name; case, spaces and punctuation do not matter.
   *
   * @param name a label or the name of a constant
   * @return the mode of that name
   * @throws IllegalArgumentException if there is no such mode; the message lists all
   */
  public static ResizeMode parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), ResizeMode::label, "resize mode", name);
  }
}
