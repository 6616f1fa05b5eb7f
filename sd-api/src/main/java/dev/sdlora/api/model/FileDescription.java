package dev.sdlora.api.model;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.api.model.spi.FileBackend;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The kind of a file with weights, detected from the names of its tensors. Immutable; it holds no
 * open file.
 *
 * @param kind the kind
 * @param note a clause to follow the file's path: {@code is a ControlNet}
 * @param runnable whether a {@link Pipeline} runs whole checkpoints of this kind
 */
public record FileDescription(Kind kind, String note, boolean runnable) {

  /** Kinds of files. */
  public enum Kind {
    /** A model with text encoder, U-Net and VAE, or some of these. */
    CHECKPOINT("checkpoint"),
    /** A small change of a model's weights; see {@link LoraAdapter}. */
    LORA("lora"),
    /** Vectors for words of prompts; see {@link Embedding}. */
    EMBEDDING("embedding"),
    /**
     * A network that guides a generation by an image (Zhang et al. 2023); see {@link ControlUnit}.
     */
    CONTROLNET("controlnet"),
    /** A smaller network for the same purpose (Mou et al. 2023); see {@link ControlUnit}. */
    T2I_ADAPTER("t2i-adapter"),
    /** A network by which a model reads images next to the text; see {@link ImagePrompt}. */
    IP_ADAPTER("ip-adapter"),
    /** A small decoder or encoder of latents, for previews. */
    TAESD("taesd"),
    /** A network that enlarges images; see {@link UpscalerNetwork}. */
    UPSCALER("upscaler"),
    /** An autoencoder alone, the decoder and encoder of latents. */
    VAE("vae"),
    /** A text encoder alone. */
    TEXT_ENCODER("text-encoder"),
    /** A U-Net alone. */
    UNET("unet");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** {@return the name for display, such as {@code t2i-adapter}} */
    public String label() {
      return label;
    }
  }

  /**
   * Describes a file by the names of its tensors, without reading its weights. A description does
   * not imply that the file can be used: an incomplete checkpoint has one, too.
   *
   * @param file a {@code .safetensors} or PyTorch file
   * @return the description; empty if the names are unknown, in which case {@link LoraAdapter#open}
   *     and {@link Embedding#open} may still recognize the file
   * @throws TensorFileException if the file is missing, damaged, or not a tensor file
   */
  public static Optional<FileDescription> of(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(FileBackend.class).describe(file);
  }
}
