package dev.sdlora.api;

import dev.sdlora.api.service.Services;
import dev.sdlora.api.value.Checks;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA file with the strengths at which to apply it. Opening reads names, shapes and metadata
 * only. Immutable; it holds no open file, and one adapter can be used by any number of requests.
 */
public final class LoraAdapter {
  private final Path path;
  private final ModelFamily family;
  private final int modules;
  private final int rank;
  private final Map<String, String> metadata;
  private final LoraStrength strength;

  private LoraAdapter(Builder values) {
    path = values.path;
    family = values.family;
    modules = values.modules;
    rank = values.rank;
    metadata = values.metadata;
    strength = values.strength;
  }

  /** A builder with what there has to be; the rest has the defaults that its setters tell. */
  public static Builder builder(Path path, ModelFamily family) {
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(family, "family");
    return new Builder(path, family);
  }

  /** A builder that starts from this one. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** The generation of Stable Diffusion that it was trained for. */
  public ModelFamily family() {
    return family;
  }

  /** How many layers it changes. */
  public int modules() {
    return modules;
  }

  /** The largest rank among its layers. */
  public int rank() {
    return rank;
  }

  /** What the trainer wrote into the file, such as {@code ss_output_name}; may be empty. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** How strongly it acts, and where. */
  public LoraStrength strength() {
    return strength;
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

  /** Whether the other tells the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoraAdapter that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(path, family, modules, rank, metadata, strength);
  }

  /** The name and what it is, without the metadata, which can be long. */
  @Override
  public String toString() {
    return "LoraAdapter[%s, %s, %s modules, rank %s, strength %s]"
        .formatted(name(), family.label(), modules, rank, strength.tagArguments());
  }

  /** Collects what there is to tell. Not safe for use by several threads at once. */
  public static final class Builder {
    private final Path path;
    private final ModelFamily family;
    private int modules = 1;
    private int rank = 1;
    private Map<String, String> metadata = Map.of();
    private LoraStrength strength = LoraStrength.of(1);

    private Builder(Path path, ModelFamily family) {
      this.path = path;
      this.family = family;
    }

    private Builder(LoraAdapter values) {
      path = values.path;
      family = values.family;
      modules = values.modules;
      rank = values.rank;
      metadata = values.metadata;
      strength = values.strength;
    }

    /** Sets how many layers it changes. Default 1. */
    public Builder modules(int modules) {
      this.modules = modules;
      return this;
    }

    /** Sets the largest rank among its layers. Default 1. */
    public Builder rank(int rank) {
      this.rank = rank;
      return this;
    }

    /**
     * Sets what the trainer wrote into the file, such as {@code ss_output_name}; may be empty.
     * Default empty.
     */
    public Builder metadata(Map<String, String> metadata) {
      Objects.requireNonNull(metadata, "metadata");
      this.metadata = Map.copyOf(metadata);
      return this;
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

    /** Builds it; the builder can be used further. */
    public LoraAdapter build() {
      return new LoraAdapter(this);
    }
  }
}
