package dev.sdlora.api.make;

import dev.sdlora.api.NumberFormat;
import dev.sdlora.api.make.MakingBackend.Ranks;
import dev.sdlora.api.service.Services;
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

  /** A resizing of a file; set {@link #rank} or {@link #energy}. */
  public static LoraResizing of(Path lora) {
    Objects.requireNonNull(lora, "lora");
    return new LoraResizing(lora);
  }

  /** Gives every layer this rank, at least 1. */
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
   */
  public LoraResizing energy(double share, int largestRank) {
    this.ranks = Optional.of(new Ranks(largestRank, share));
    return this;
  }

  /** Sets the number format of the file. Default: that of the old one. */
  public LoraResizing fileFormat(NumberFormat format) {
    this.format = Optional.of(Objects.requireNonNull(format, "format"));
    return this;
  }

  /** Sets the listener, which is told of every layer. Default: none. */
  public LoraResizing listener(MakingListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Resizes, and writes a safetensors file with kohya's names and the metadata of the old one.
   *
   * @throws IllegalStateException if no rank is set
   * @throws IllegalArgumentException if the name does not end in {@code .safetensors} or is that of
   *     the old file
   * @throws dev.sdlora.api.LoraException if the old file is no LoRA, has modules that are no
   *     product of two factors, or holds NaN or infinity
   * @throws dev.sdlora.api.TensorFileException if it is damaged, or the new one cannot be written
   */
  public MadeLora write(Path file) {
    Objects.requireNonNull(file, "file");
    Ranks chosen =
        ranks.orElseThrow(() -> new IllegalStateException("neither rank nor energy is set"));
    return Services.find(MakingBackend.class)
        .resize(new MakingBackend.Resize(source, chosen, format), file, listener);
  }
}
