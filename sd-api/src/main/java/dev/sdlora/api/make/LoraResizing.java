package dev.sdlora.api.make;

import dev.sdlora.api.make.spi.MakingBackend;
import dev.sdlora.api.make.spi.MakingBackend.Ranks;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Changes the rank of a LoRA and approximates its changes as closely as the new rank allows.
 * Computed from the factors in double precision; the changes themselves, as large as the model, are
 * never formed. A layer whose rank is below the new one keeps its rank.
 *
 * <p>Setters throw an {@link IllegalArgumentException} immediately for an invalid value, and return
 * this object. Not thread-safe.
 */
public final class LoraResizing {
  private final Path source;
  private Optional<Ranks> ranks = Optional.empty();
  private Optional<NumberFormat> format = Optional.empty();
  private MakingListener listener = MakingListener.NONE;

  private LoraResizing(Path source) {
    this.source = source;
  }

  /**
   * Resizes a file to the rank set with {@link #rank} or {@link #energy}.
   *
   * @param lora a LoRA file; it is not modified
   * @return the resizing
   */
  public static LoraResizing of(Path lora) {
    Objects.requireNonNull(lora, "lora");
    return new LoraResizing(lora);
  }

  /**
   * Sets the same rank for every layer.
   *
   * @param rank at least 1
   * @return this resizing
   * @throws IllegalArgumentException if the rank is below 1
   */
  public LoraResizing rank(int rank) {
    this.ranks = Optional.of(Ranks.all(rank));
    return this;
  }

  /**
   * Gives every layer the smallest rank that keeps a share of its change, measured by the sum of
   * squares.
   *
   * @param share above 0 and at most 1
   * @param largestRank the largest rank of a layer, at least 1
   * @return this resizing
   * @throws IllegalArgumentException if one is out of range
   */
  public LoraResizing energy(double share, int largestRank) {
    this.ranks = Optional.of(new Ranks(largestRank, share));
    return this;
  }

  /**
   * Sets the dtype of the file.
   *
   * @param format default: the dtype of the input file
   * @return this resizing
   */
  public LoraResizing fileFormat(NumberFormat format) {
    this.format = Optional.of(Objects.requireNonNull(format, "format"));
    return this;
  }

  /**
   * Sets the listener, which is called after each layer.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this resizing
   */
  public LoraResizing listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Resizes the LoRA and writes a safetensors file with kohya's names and the metadata of the input
   * file.
   *
   * @param file the target, with the extension {@code .safetensors}
   * @return a description of the written file
   * @throws IllegalStateException if no rank is set
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     the input file
   * @throws dev.sdlora.api.error.LoraException if the input file is not a LoRA, has modules that
   *     are not a product of two factors, or contains NaN or infinity
   * @throws dev.sdlora.api.error.TensorFileException if the input file is damaged, or the new one
   *     cannot be written
   */
  public CreatedLora write(Path file) {
    Objects.requireNonNull(file, "file");
    Ranks chosen =
        ranks.orElseThrow(() -> new IllegalStateException("neither rank nor energy is set"));
    return Services.find(MakingBackend.class)
        .resize(new MakingBackend.Resize(source, chosen, format), file, listener);
  }
}
