package dev.sdlora.api.make;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Extracts a LoRA from the difference of two checkpoints: applied to the original, it has the
 * effect of the tuned checkpoint, as far as its rank allows. For each layer, the largest singular
 * values of the difference are kept, which is the best approximation of this rank. Biases,
 * normalisations and embeddings, which cannot be expressed as two factors, are skipped. Skipped
 * differences reduce {@link CreatedLora#keptEnergy()} and are listed in {@link
 * CreatedLora#leftOut()}. All this covers the text encoder and the denoiser; a LoRA cannot change
 * the VAE.
 *
 * <p>Setters throw an {@link IllegalArgumentException} immediately for an invalid value, and return
 * this object. Layers are processed one after another, so memory does not grow with the size of the
 * model: about 1 GB for SD 1.5. The same settings give the same numbers. Not thread-safe.
 */
public final class LoraExtraction {
  private final Path original;
  private final Path tuned;
  private Ranks ranks = Ranks.all(32);
  private boolean convolutions;
  private boolean textEncoder = true;
  private boolean exact;
  private NumberFormat format = NumberFormat.FLOAT16;
  private Optional<String> name = Optional.empty();
  private MakingListener listener = MakingListener.NONE;

  private LoraExtraction(Path original, Path tuned) {
    this.original = original;
    this.tuned = tuned;
  }

  /**
   * Extracts the text encoder and the transformer blocks of the denoiser, by default at rank 32.
   *
   * @param original the checkpoint that the LoRA will be used with: a file or a diffusers folder
   * @param tuned the checkpoint that it should reproduce; its layout and dtype may differ
   * @return the extraction
   */
  public static LoraExtraction between(Path original, Path tuned) {
    Objects.requireNonNull(original, "original");
    Objects.requireNonNull(tuned, "tuned");
    return new LoraExtraction(original, tuned);
  }

  /**
   * Sets the same rank for every layer, limited by the shorter side of the layer.
   *
   * @param rank at least 1. Default 32
   * @return this extraction
   * @throws IllegalArgumentException if the rank is below 1
   */
  public LoraExtraction rank(int rank) {
    this.ranks = Ranks.all(rank);
    return this;
  }

  /**
   * Gives every layer the smallest rank that keeps a share of its change, measured by the sum of
   * squares, instead of the same rank for all.
   *
   * @param share above 0 and at most 1
   * @param largestRank the largest rank of a layer, at least 1
   * @return this extraction
   * @throws IllegalArgumentException if one is out of range
   */
  public LoraExtraction energy(double share, int largestRank) {
    this.ranks = new Ranks(largestRank, share);
    return this;
  }

  /**
   * Sets whether layers outside the transformers are included: residual blocks, samplers, input,
   * output and time embedding of the U-Net; input, output, time embedding and shared modulations of
   * FLUX.2 klein and Z-Image. Programs that read only transformers ignore them.
   *
   * @param take default false
   * @return this extraction
   */
  public LoraExtraction convolutions(boolean take) {
    this.convolutions = take;
    return this;
  }

  /**
   * Sets whether the text encoder is included.
   *
   * @param take default true
   * @return this extraction
   */
  public LoraExtraction textEncoder(boolean take) {
    this.textEncoder = take;
    return this;
  }

  /**
   * Sets whether all singular values are computed, which takes about ten times as long. Otherwise
   * the largest are found by random projection (Halko, Martinsson and Tropp 2011), with an error
   * that affects only the last values kept.
   *
   * @param exact default false
   * @return this extraction
   */
  public LoraExtraction exact(boolean exact) {
    this.exact = exact;
    return this;
  }

  /**
   * Sets the dtype of the file.
   *
   * @param format default {@link NumberFormat#FLOAT16}
   * @return this extraction
   */
  public LoraExtraction fileFormat(NumberFormat format) {
    this.format = Objects.requireNonNull(format, "format");
    return this;
  }

  /**
   * Sets the name stored in the file, which prompts may use as well.
   *
   * @param name default: the file name without its extension
   * @return this extraction
   */
  public LoraExtraction name(String name) {
    this.name = Optional.of(Objects.requireNonNull(name, "name"));
    return this;
  }

  /**
   * Sets the listener, which is called after each layer.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this extraction
   */
  public LoraExtraction listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Extracts the LoRA and writes a safetensors file with kohya's names. For FLUX.2 klein and
   * Z-Image, it has those that ai-toolkit writes and ComfyUI reads, {@code
   * diffusion_model.….lora_A.weight}: the projections of an attention are one matrix there, which
   * gets one pair of factors. {@link LoraConversion} writes other names.
   *
   * @param file the target, with the extension {@code .safetensors}; an existing file is replaced
   *     only when the new one is complete
   * @return a description of the written file
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors}
   * @throws CheckpointException if a checkpoint cannot be read as a model, or the two have
   *     different sizes
   * @throws dev.sdlora.api.error.LoraException if they do not differ, or contain NaN or infinity
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or cannot be written
   */
  public CreatedLora write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .extract(
            new MakingBackend.Extract(
                original, tuned, ranks, convolutions, textEncoder, exact, format, name),
            file,
            listener);
  }
}
