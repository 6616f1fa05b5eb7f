package dev.sdlora.api;

import dev.sdlora.api.spi.PipelineProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A LoRA file with the strengths at which to apply it. Opening reads names, shapes and metadata
 * only. Immutable; it holds no open file, and one adapter can be used by any number of requests.
 *
 * @param path the file
 * @param family the generation of Stable Diffusion that it was trained for
 * @param modules how many layers it changes
 * @param rank the largest rank among its layers
 * @param metadata what the trainer wrote into the file, such as {@code ss_output_name}; may be
 *     empty
 * @param strength how strongly it acts, and where. Default 1 everywhere
 */
public record LoraAdapter(
    Path path,
    ModelFamily family,
    int modules,
    int rank,
    Map<String, String> metadata,
    LoraStrength strength) {

  /** Copies the metadata. */
  public LoraAdapter {
    metadata = Map.copyOf(metadata);
  }

  /**
   * An adapter with one strength for each network.
   *
   * @throws IllegalArgumentException if a strength is NaN or infinite
   */
  public LoraAdapter(
      Path path,
      ModelFamily family,
      int modules,
      int rank,
      Map<String, String> metadata,
      double textEncoderStrength,
      double unetStrength) {
    this(path, family, modules, rank, metadata, LoraStrength.of(textEncoderStrength, unetStrength));
  }

  /**
   * Opens a LoRA file at strength 1.
   *
   * @throws LoraException if the file is missing or holds no LoRA that this version understands (a
   *     checkpoint, say); the message says what it is
   * @throws TensorFileException if the file is damaged or is not a tensor file at all
   */
  public static LoraAdapter open(Path path) {
    return PipelineProvider.get().openLora(path);
  }

  /** The file name without its extension: what a prompt writes in {@code <lora:name:1>}. */
  public String name() {
    return FileNames.stem(path);
  }

  /** The name that its trainer gave it ({@code ss_output_name}), which prompts may use as well. */
  public Optional<String> alias() {
    return Optional.ofNullable(metadata.get("ss_output_name")).filter(alias -> !alias.isBlank());
  }

  /** Factor on its change of the text encoder, before the weights of blocks. */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /** Factor on its change of the U-Net in the first step, before the weights of blocks. */
  public double unetStrength() {
    return strength.unet().first();
  }

  /** The same adapter with both strengths set to one value. */
  public LoraAdapter withStrength(double strength) {
    return toBuilder().strength(strength).build();
  }

  /** A builder that starts from this adapter. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Sets the strengths of an adapter. Not safe for use by several threads at once. */
  public static final class Builder {
    private final LoraAdapter adapter;
    private LoraStrength strength;

    private Builder(LoraAdapter adapter) {
      this.adapter = adapter;
      this.strength = adapter.strength;
    }

    /**
     * Sets both strengths. 0 switches the adapter off, negative values invert it.
     *
     * @return this builder
     * @throws IllegalArgumentException if the value is NaN or infinite
     */
    public Builder strength(double strength) {
      return textEncoderStrength(strength).unetStrength(strength);
    }

    /**
     * Sets everything that there is to set at once.
     *
     * @return this builder
     */
    public Builder strength(LoraStrength strength) {
      this.strength = strength;
      return this;
    }

    /**
     * Sets the factor on the change of the text encoder alone. Default 1.
     *
     * @return this builder
     * @throws IllegalArgumentException if the value is NaN or infinite
     */
    public Builder textEncoderStrength(double strength) {
      this.strength = this.strength.withTextEncoder(strength);
      return this;
    }

    /**
     * Sets the factor on the change of the U-Net alone. Default 1.
     *
     * @return this builder
     * @throws IllegalArgumentException if the value is NaN or infinite
     */
    public Builder unetStrength(double strength) {
      Checks.finite(strength, "unetStrength");
      return unetStrength(StrengthSchedule.constant(strength));
    }

    /**
     * Sets the factor on the change of the U-Net for each step.
     *
     * @return this builder
     */
    public Builder unetStrength(StrengthSchedule schedule) {
      this.strength = this.strength.withUnet(schedule);
      return this;
    }

    /**
     * Sets factors of blocks, by which the strengths are multiplied. Default {@link
     * BlockWeights#ALL}.
     *
     * @return this builder
     */
    public Builder blocks(BlockWeights blocks) {
      this.strength = this.strength.withBlocks(blocks);
      return this;
    }

    /**
     * Uses the leading components of the rank only. Default: all.
     *
     * @return this builder
     * @throws IllegalArgumentException if the limit is less than 1
     */
    public Builder rankLimit(int limit) {
      this.strength = this.strength.withRankLimit(OptionalInt.of(limit));
      return this;
    }

    /** The adapter; the builder can be used further. */
    public LoraAdapter build() {
      return new LoraAdapter(
          adapter.path, adapter.family, adapter.modules, adapter.rank, adapter.metadata, strength);
    }
  }
}
