package dev.sdlora.api.image;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.value.Labels;
import java.util.Objects;

/** The network that decodes the final latent to the image; A1111's "VAE type for decode". */
public enum FinalDecoder {
  /** The checkpoint's VAE. The default. */
  VAE("Full"),
  /**
   * TAESD (Bohan 2023) from the file set with {@link Pipeline.Builder#previewDecoder}. It takes a
   * hundredth of the time and a fraction of the memory, and loses a little detail. It decodes only
   * the finished image: the VAE still does all encoding, and the decoding that {@link HiresFix}
   * needs between its passes.
   */
  TAESD("TAESD");

  private final String label;

  FinalDecoder(String label) {
    this.label = label;
  }

  /** {@return the name that A1111 shows and writes into image metadata} */
  public String label() {
    return label;
  }

  /**
   * Finds a decoder by its name.
   *
   * @param name the label or the constant's name; case is ignored
   * @return the decoder
   * @throws IllegalArgumentException if the name is unknown; the message lists all decoders
   */
  public static FinalDecoder parse(String name) {
    Objects.requireNonNull(name, "name");
    return Labels.parse(values(), FinalDecoder::label, "final decoder", name);
  }
}
