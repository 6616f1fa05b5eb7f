package dev.sdlora.api.make;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.spi.MakingBackend;
import dev.sdlora.api.spi.MakingBackend.Ranks;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Extracts a LoRA from the difference of two checkpoints: on the original it does what the tuned
 * one does, as far as its rank allows. Of each layer, the largest singular values of the difference
 * are kept, which no other factors of that rank approach better. Biases, normalisations and
 * embeddings, which two factors cannot stand for, are left out. What is left out and differs counts
 * in {@link CreatedLora#keptEnergy()} and is named in {@link CreatedLora#leftOut()}, all within
 * text encoder and U-Net; a VAE is no matter of a LoRA.
 *
 * <p>Setters check their value at once, throw an {@link IllegalArgumentException} for a bad one,
 * and return this object. Layers are worked on one after another, so that memory does not grow with
 * the size of the model: some 1 GB for SD 1.5. The same settings give the same numbers. Not safe
 * for several threads.
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
   * Extracts the text encoder and the transformers of the U-Net, at rank 32 unless setters say
   * otherwise.
   *
   * @param original the checkpoint that the LoRA will be used on: a file or a diffusers folder
   * @param tuned the checkpoint that it should bring about; its layout and number format may differ
   * @return the extraction
   */
  public static LoraExtraction between(Path original, Path tuned) {
    Objects.requireNonNull(original, "original");
    Objects.requireNonNull(tuned, "tuned");
    return new LoraExtraction(original, tuned);
  }

  /**
   * Gives every layer the same rank, or its shorter side if that is less.
   *
   * @param rank at least 1. Default 32
   * @return this extraction
   * @throws IllegalArgumentException if it is below 1
   */
  public LoraExtraction rank(int rank) {
    this.ranks = Ranks.all(rank);
    return this;
  }

  /**
   * Gives every layer the smallest rank that keeps a share of its change, measured by the sum of
   * squares, in place of one rank for all.
   *
   * @param share above 0 and at most 1
   * @param largestRank the most that a layer gets, at least 1
   * @return this extraction
   * @throws IllegalArgumentException if one is out of range
   */
  public LoraExtraction energy(double share, int largestRank) {
    this.ranks = new Ranks(largestRank, share);
    return this;
  }

  /**
   * Sets whether the layers outside transformers are taken in as well: residual blocks, samplers,
   * input, output and time embedding of the U-Net. Programs that read only transformers ignore
   * them.
   *
   * @param take default false
   * @return this extraction
   */
  public LoraExtraction convolutions(boolean take) {
    this.convolutions = take;
    return this;
  }

  /**
   * Sets whether the text encoder is taken in as well.
   *
   * @param take default true
   * @return this extraction
   */
  public LoraExtraction textEncoder(boolean take) {
    this.textEncoder = take;
    return this;
  }

  /**
   * Sets whether all singular values are computed, which takes some ten times longer. Otherwise the
   * largest are found by random projection (Halko, Martinsson and Tropp 2011), with an error that
   * shows in the last kept values only.
   *
   * @param exact default false
   * @return this extraction
   */
  public LoraExtraction exact(boolean exact) {
    this.exact = exact;
    return this;
  }

  /**
   * Sets the number format of the file.
   *
   * @param format default {@link NumberFormat#FLOAT16}
   * @return this extraction
   */
  public LoraExtraction fileFormat(NumberFormat format) {
    this.format = Objects.requireNonNull(format, "format");
    return this;
  }

  /**
   * Sets the name inside the file, which prompts may use as well.
   *
   * @param name default: the file's name without its ending
   * @return this extraction
   */
  public LoraExtraction name(String name) {
    this.name = Optional.of(Objects.requireNonNull(name, "name"));
    return this;
  }

  /**
   * Sets who is told of every layer.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this extraction
   */
  public LoraExtraction listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Extracts, and writes a safetensors file with kohya's names.
   *
   * @param file with the ending {@code .safetensors}; an earlier one is replaced only when all is
   *     done
   * @return what was written
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors}
   * @throws CheckpointException if one cannot be read as a model, or the two have different sizes
   * @throws dev.sdlora.api.error.LoraException if they do not differ, or hold NaN or infinity
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
