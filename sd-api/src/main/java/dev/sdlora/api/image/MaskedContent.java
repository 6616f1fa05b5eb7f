package dev.sdlora.api.image;

import dev.sdlora.api.value.Labels;
import java.util.Objects;

/** What lies in the place to repaint before sampling; A1111's "Masked content". */
public enum MaskedContent {
  /** The colours around it, blurred over it. */
  FILL("fill"),
  /** The image as it is. The default. */
  ORIGINAL("original"),
  /** Noise of the request's seed, in the latent. */
  LATENT_NOISE("latent noise"),
  /** Zeros in the latent. */
  LATENT_NOTHING("latent nothing");

  private final String label;

  MaskedContent(String label) {
    this.label = label;
  }

  /** {@return the name that A1111 shows and writes into images, such as {@code latent noise}} */
  public String label() {
    return label;
  }

  /**
   * Finds a fill by its name; case, spaces and punctuation do not matter.
   *
   * @param name a label or the name of a constant, such as {@code latent noise} or {@code FILL}
   * @return the fill of that name
   * @throws IllegalArgumentException if there is no such fill; the message lists all
   */
  public static MaskedContent parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), MaskedContent::label, "masked content", name);
  }
}
