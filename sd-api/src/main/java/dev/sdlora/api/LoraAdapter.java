package dev.sdlora.api;

import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(family, "family");
    Objects.requireNonNull(metadata, "metadata");
    Objects.requireNonNull(strength, "strength");
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
    Objects.requireNonNull(path, "path");
    return Services.find(Backend.Loras.class).open(path);
  }

  /** The file name without its extension: what a prompt writes in {@code <lora:name:1>}. */
  public String name() {
    return FileNames.stem(path);
  }

  /** The name that its trainer gave it ({@code ss_output_name}), which prompts may use as well. */
  public Optional<String> alias() {
    return Optional.ofNullable(metadata.get("ss_output_name")).filter(alias -> !alias.isBlank());
  }

  /** The name and what it is, without the metadata, which can be long. */
  @Override
  public String toString() {
    return "LoraAdapter[%s, %s, %d modules, rank %d, strength %s]"
        .formatted(name(), family.label(), modules, rank, strength.tagArguments());
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
      this.strength = Objects.requireNonNull(strength, "strength");
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
      Objects.requireNonNull(schedule, "schedule");
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
      Objects.requireNonNull(blocks, "blocks");
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

  /**
   * How its changes are stored, such as {@code LoRA}, {@code LoCon}, {@code DoRA} or {@code LoHa};
   * most frequent first. Read from the header.
   *
   * @throws LoraException if the file cannot be read any more, or is now something else
   */
  public List<String> kinds() {
    return Services.find(Backend.Loras.class).kinds(this);
  }

  /**
   * What calls up the things that it was trained on, each once: the "activation text" of {@code
   * <name>.json} beside the file, the "trainedWords" of {@code <name>.civitai.info}, {@code
   * modelspec.trigger_phrase}, and then the training tags ({@code ss_tag_frequency}) as A1111 shows
   * them: counts summed over all folders, the 24 most frequent first, and captions that are
   * sentences (16 letters and more on average) taken apart into words of three letters and more.
   */
  public List<TriggerWord> triggerWords() {
    return Services.find(Backend.Loras.class).triggerWords(this);
  }

  /**
   * Everything that the file and those beside it tell: modules with their ranks, training, trigger
   * words, preview picture. Reads the header, a number for each module, and the small files.
   *
   * @throws LoraException if the file cannot be read any more, or is now something else
   * @throws TensorFileException if it is damaged
   */
  public LoraDetails details() {
    return Services.find(Backend.Loras.class).details(this);
  }

  /**
   * The hashes by which model sites know the file. Reads all of it, once as long as its size and
   * time stamp stay the same.
   *
   * @throws LoraException if the file cannot be read any more
   * @throws TensorFileException if it changed meanwhile
   */
  public LoraHashes hashes() {
    return Services.find(Backend.Loras.class).hashes(this);
  }

  /**
   * How far this LoRA at its strengths moves the weights of a checkpoint: does it do anything, and
   * where? Reads the changed layers of the checkpoint one after another, so it needs little memory
   * and no {@link Pipeline}; a second or two for a full-size model. Computes on the processor.
   *
   * @throws LoraException if it is for another family than the checkpoint, if none of its modules
   *     belongs to a layer, if one has the wrong shape or holds NaN or infinity
   * @throws CheckpointException if the checkpoint cannot be read any more
   * @throws TensorFileException if a file is damaged
   */
  public LoraEffect effectOn(Checkpoint checkpoint) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    return Services.find(Backend.Loras.class).effectOn(this, checkpoint);
  }
}
