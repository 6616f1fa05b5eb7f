package dev.sdlora.api.make;

import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.spi.MakingBackend;
import dev.sdlora.api.spi.MakingBackend.Ranks;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Gives a LoRA another rank, at which its changes are the closest that there are to the old ones.
 * Computed from the factors in double precision; the changes themselves, as large as the model, are
 * never formed. A rank above that of a layer leaves the layer's rank as it is.
 *
 * <p>Setters check their value at once, throw an {@link IllegalArgumentException} for a bad one,
 * and return this object. Not safe for several threads.
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
   * Resizes a file; {@link #rank} or {@link #energy} says how far.
   *
   * @param lora a LoRA file; it stays as it is
   * @return the resizing
   */
  public static LoraResizing of(Path lora) {
    Objects.requireNonNull(lora, "lora");
    return new LoraResizing(lora);
  }

  /**
   * Gives every layer the same rank.
   *
   * @param rank at least 1
   * @return this resizing
   * @throws IllegalArgumentException if it is below 1
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
   * @param largestRank the most that a layer gets, at least 1
   * @return this resizing
   * @throws IllegalArgumentException if one is out of range
   */
  public LoraResizing energy(double share, int largestRank) {
    this.ranks = Optional.of(new Ranks(largestRank, share));
    return this;
  }

  /**
   * Sets the number format of the file.
   *
   * @param format default: that of the old one
   * @return this resizing
   */
  public LoraResizing fileFormat(NumberFormat format) {
    this.format = Optional.of(Objects.requireNonNull(format, "format"));
    return this;
  }

  /**
   * Sets who is told of every layer.
   *
   * @param listener default {@link MakingListener#NONE}
   * @return this resizing
   */
  public LoraResizing listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Resizes, and writes a safetensors file with kohya's names and the metadata of the old one.
   *
   * @param file with the ending {@code .safetensors}
   * @return what was written
   * @throws IllegalStateException if no rank is set
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     the old file
   * @throws dev.sdlora.api.error.LoraException if the old file is no LoRA, has modules that are no
   *     product of two factors, or holds NaN or infinity
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged, or the new one cannot be
   *     written
   */
  public CreatedLora write(Path file) {
    Objects.requireNonNull(file, "file");
    Ranks chosen =
        ranks.orElseThrow(() -> new IllegalStateException("neither rank nor energy is set"));
    return Services.find(MakingBackend.class)
        .resize(new MakingBackend.Resize(source, chosen, format), file, listener);
  }
}
