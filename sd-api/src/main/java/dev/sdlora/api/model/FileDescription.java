package dev.sdlora.api.model;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.UpscalerNetwork;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * What a file with weights is, as far as the names of its tensors give it away. Immutable; it holds
 * no open file.
 *
 * @param kind what it is
 * @param note what is to be said of it, to follow its path: {@code is a ControlNet}
 * @param runnable whether a {@link Pipeline} runs whole checkpoints of this kind
 */
public record FileDescription(Kind kind, String note, boolean runnable) {

  /** Kinds of files. */
  public enum Kind {
    /** A model with text encoder, U-Net and VAE, or what is there of one. */
    CHECKPOINT("checkpoint"),
    /** A small change of a model's weights; see {@link LoraAdapter}. */
    LORA("lora"),
    /** Vectors for words of prompts; see {@link Embedding}. */
    EMBEDDING("embedding"),
    /**
     * A network that guides a generation by an image (Zhang et al. 2023); see {@link ControlUnit}.
     */
    CONTROLNET("controlnet"),
    /** A smaller network that does so (Mou et al. 2023); see {@link ControlUnit}. */
    T2I_ADAPTER("t2i-adapter"),
    /** A small decoder or encoder of latents, for previews. */
    TAESD("taesd"),
    /** A network that enlarges images; see {@link UpscalerNetwork}. */
    UPSCALER("upscaler"),
    /** The decoder and encoder of latents alone. */
    VAE("vae"),
    /** A text encoder alone. */
    TEXT_ENCODER("text-encoder"),
    /** A U-Net alone. */
    UNET("unet");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** {@return the name as people write it, such as {@code t2i-adapter}} */
    public String label() {
      return label;
    }
  }

  /**
   * Describes a file by the names of its tensors, without reading its weights. That it can be used
   * is not said: an incomplete checkpoint is one too.
   *
   * @param file a {@code .safetensors} file or one of PyTorch
   * @return empty if its names say nothing; {@link LoraAdapter#open} and {@link Embedding#open} may
   *     know it still
   * @throws TensorFileException if it is missing or damaged or is no tensor file
   */
  public static Optional<FileDescription> of(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(Backend.Files.class).describe(file);
  }
}
