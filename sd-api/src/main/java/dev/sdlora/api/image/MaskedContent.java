package dev.sdlora.api.image;

import dev.sdlora.api.value.Labels;
import java.util.Objects;

/**
 * The content of the masked area before sampling; A1111's "Masked content". As there, the image is
 * encoded with its masked area filled with the surrounding colours unless the content is the
 * original, so the latent around the area does not know what was in it.
 */
public enum MaskedContent {
  /** The surrounding colours, blurred into the area. */
  FILL("fill"),
  /** The original image. The default. */
  ORIGINAL("original"),
  /** Latent noise from the request's seed. */
  LATENT_NOISE("latent noise"),
  /** A latent of zeros. */
  LATENT_NOTHING("latent nothing");

  private final String label;

  MaskedContent(String label) {
    this.label = label;
  }

  /**
   * {@return the name that A1111 shows and writes into image metadata, such as {@code latent
   * noise}}
   */
  public String label() {
    return label;
  }

  /**
   * Finds a constant by its name.
   *
   * @param name a label or a constant's name, such as {@code latent noise} or {@code FILL}; case,
   *     spaces and punctuation are ignored
   * @return the constant
   * @throws IllegalArgumentException if the name is unknown; the message lists all names
   */
  public static MaskedContent parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), MaskedContent::label, "masked content", name);
  }
}
