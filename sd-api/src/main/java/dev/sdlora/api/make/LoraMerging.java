package dev.sdlora.api.make;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Merges several LoRAs into one that has, at strength 1, their combined effect at their strengths.
 * Without a rank, the factors of all are concatenated: the ranks add up, and the sum is exact
 * except for rounding to the file's dtype. With a rank, the closest changes of that rank are
 * computed.
 *
 * <p>Setters throw an {@link IllegalArgumentException} immediately for an invalid value, and return
 * this object. Not thread-safe.
 */
public final class LoraMerging {
  private final List<LoraAdapter> loras;
  private Optional<Ranks> ranks = Optional.empty();
  private Optional<NumberFormat> format = Optional.empty();
  private Optional<String> name = Optional.empty();
  private MakingListener listener = MakingListener.NONE;

  private LoraMerging(List<LoraAdapter> loras) {
    this.loras = List.copyOf(loras);
  }

  /**
   * Merges LoRAs at their strengths.
   *
   * @param loras at least one LoRA; naming schemes may be mixed
   * @return the merging
   * @throws IllegalArgumentException if the list is empty
   */
  public static LoraMerging of(List<LoraAdapter> loras) {
    Objects.requireNonNull(loras, "loras");
    if (loras.isEmpty()) {
      throw new IllegalArgumentException("loras must not be empty");
    }
    return new LoraMerging(loras);
  }

  /**
   * Sets the same rank for every layer.
   *
   * @param rank at least 1. Default: the sum of the ranks
   * @return this merging
   * @throws IllegalArgumentException if the rank is below 1
   */
  public LoraMerging rank(int rank) {
    this.ranks = Optional.of(Ranks.all(rank));
    return this;
  }

  /**
   * Gives every layer the smallest rank that keeps a share of its change, measured by the sum of
   * squares.
   *
   * @param share above 0 and at most 1
   * @param largestRank the largest rank of a layer, at least 1
   * @return this merging
   * @throws IllegalArgumentException if one is out of range
   */
  public LoraMerging energy(double share, int largestRank) {
    this.ranks = Optional.of(new Ranks(largestRank, share));
    return this;
  }

  /**
   * Sets the dtype of the file. Strengths, and alphas that differ between the files, are multiplied
   * into the factors and rounded to it.
   *
   * @param format default: the smallest that holds the factors of all files
   * @return this merging
   */
  public LoraMerging fileFormat(NumberFormat format) {
    this.format = Optional.of(Objects.requireNonNull(format, "format"));
    return this;
  }

  /**
   * Sets the name stored in the file, which prompts may use as well.
   *
   * @param name default: the file name without its extension
   * @return this merging
   */
  public LoraMerging name(String name) {
    this.name = Optional.of(Objects.requireNonNull(name, "name"));
    return this;
  }

  /**
   * Sets the listener, which is called after each layer.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this merging
   */
  public LoraMerging listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Merges the LoRAs and writes a safetensors file with kohya's names.
   *
   * @param file the target, with the extension {@code .safetensors}
   * @return a description of the written file
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     an input file, or a strength changes over the steps
   * @throws LoraException if the files are for different families or sizes of models, all strengths
   *     are 0, a module is not a product of two factors, or a file contains NaN or infinity
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or cannot be written
   */
  public CreatedLora write(Path file) {
    Objects.requireNonNull(file, "file");
    return Services.find(MakingBackend.class)
        .merge(new MakingBackend.Merge(loras, ranks, format, name), file, listener);
  }
}
