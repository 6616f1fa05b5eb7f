package dev.sdlora.api;

import dev.sdlora.api.spi.PipelineProvider;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

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
 * @param textEncoderStrength factor on its change of the text encoder. Default 1. At 0 the text
 *     encoder stays as it is; negative values invert the effect
 * @param unetStrength factor on its change of the U-Net, likewise
 */
public record LoraAdapter(
    Path path,
    ModelFamily family,
    int modules,
    int rank,
    Map<String, String> metadata,
    double textEncoderStrength,
    double unetStrength) {

  /**
   * Checks the strengths and copies the metadata.
   *
   * @throws IllegalArgumentException if a strength is NaN or infinite
   */
  public LoraAdapter {
    Checks.finite(textEncoderStrength, "textEncoderStrength");
    Checks.finite(unetStrength, "unetStrength");
    metadata = Map.copyOf(metadata);
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
    private double textEncoderStrength;
    private double unetStrength;

    private Builder(LoraAdapter adapter) {
      this.adapter = adapter;
      this.textEncoderStrength = adapter.textEncoderStrength;
      this.unetStrength = adapter.unetStrength;
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
     * Sets the factor on the change of the text encoder alone.
     *
     * @return this builder
     * @throws IllegalArgumentException if the value is NaN or infinite
     */
    public Builder textEncoderStrength(double strength) {
      this.textEncoderStrength = Checks.finite(strength, "textEncoderStrength");
      return this;
    }

    /**
     * Sets the factor on the change of the U-Net alone.
     *
     * @return this builder
     * @throws IllegalArgumentException if the value is NaN or infinite
     */
    public Builder unetStrength(double strength) {
      this.unetStrength = Checks.finite(strength, "unetStrength");
      return this;
    }

    /** The adapter; the builder can be used further. */
    public LoraAdapter build() {
      return new LoraAdapter(
          adapter.path,
          adapter.family,
          adapter.modules,
          adapter.rank,
          adapter.metadata,
          textEncoderStrength,
          unetStrength);
    }
  }
}
