package dev.sdlora.api.image;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.value.Labels;
import java.util.Objects;

/** What turns the last latent into the image; A1111's "VAE type for decode". */
public enum FinalDecoder {
  /** The checkpoint's VAE. The default. */
  VAE("Full"),
  /**
   * TAESD (Bohan 2023), whose file the pipeline has by {@link Pipeline.Builder#previewDecoder}: an
   * image in a hundredth of the time and a fraction of the memory, with a little less detail. Only
   * the finished image is drawn by it; what is encoded, and what {@link HiresFix} enlarges between
   * its passes, is the VAE's.
   */
  TAESD("TAESD");

  private final String label;

  FinalDecoder(String label) {
    this.label = label;
  }

  /** {@return the name that A1111 shows and writes into images} */
  public String label() {
    return label;
  }

  /**
   * Finds a decoder by its name.
   *
   * @param name the label or constant name; case does not matter
   * @return the decoder
   * @throws IllegalArgumentException if there is no such decoder; the message lists all
   */
  public static FinalDecoder parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), FinalDecoder::label, "final decoder", name);
  }
}
