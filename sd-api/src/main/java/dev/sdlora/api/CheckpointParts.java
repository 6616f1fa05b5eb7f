package dev.sdlora.api;

import dev.sdlora.api.value.SettingException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The choice of files and tensors for a model. Immutable.
 *
 * <p>Networks from other files replace those of the checkpoint, which may then lack them: a file
 * with only a U-Net, under the original tensor names or those of diffusers, becomes a model if a
 * VAE and text encoders are given.
 */
public final class CheckpointParts {
  /** The checkpoint's own networks, and a VAE next to it with a matching name. */
  public static final CheckpointParts DEFAULT = new Builder().build();

  private final Optional<String> variant;
  private final boolean ema;
  private final Optional<Path> vae;
  private final boolean vaeBeside;
  private final Optional<Path> textEncoder;
  private final Optional<Path> textEncoder2;
  private final Optional<Path> textEncoder3;
  private final Optional<Boolean> distilled;

  private CheckpointParts(Builder values) {
    variant = values.variant;
    ema = values.ema;
    vae = values.vae;
    vaeBeside = values.vaeBeside;
    textEncoder = values.textEncoder;
    textEncoder2 = values.textEncoder2;
    textEncoder3 = values.textEncoder3;
    distilled = values.distilled;
  }

  /** {@return a builder with the default values documented on its setters} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these settings} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * {@return the variant of the weights in a diffusers folder, such as {@code fp16}; empty, the
   * default, for full precision if available, otherwise {@code fp16}}
   */
  public Optional<String> variant() {
    return variant;
  }

  /**
   * {@return whether averaged (EMA) weights of the U-Net are used if a file has both} Default
   * false.
   */
  public boolean ema() {
    return ema;
  }

  /**
   * {@return the file or folder whose VAE replaces the checkpoint's; empty, the default, for none}
   */
  public Optional<Path> vae() {
    return vae;
  }

  /** {@return whether a VAE next to the checkpoint with a matching name is used} Default true. */
  public boolean vaeBeside() {
    return vaeBeside;
  }

  /**
   * {@return the file or folder whose text encoder replaces the checkpoint's first one; empty, the
   * default, for none}
   */
  public Optional<Path> textEncoder() {
    return textEncoder;
  }

  /**
   * {@return the file or folder whose text encoder replaces the checkpoint's second one; empty, the
   * default, for none}
   */
  public Optional<Path> textEncoder2() {
    return textEncoder2;
  }

  /**
   * {@return the file or folder whose text encoder replaces the checkpoint's third one; empty, the
   * default, for none}
   */
  public Optional<Path> textEncoder3() {
    return textEncoder3;
  }

  /**
   * {@return whether a FLUX.2 or Z-Image model is treated as distilled to few steps without
   * guidance; empty, the default, to judge by its settings, metadata and name}
   */
  public Optional<Boolean> distilled() {
    return distilled;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CheckpointParts that
        && variant.equals(that.variant)
        && ema == that.ema
        && vae.equals(that.vae)
        && vaeBeside == that.vaeBeside
        && textEncoder.equals(that.textEncoder)
        && textEncoder2.equals(that.textEncoder2)
        && textEncoder3.equals(that.textEncoder3)
        && distilled.equals(that.distilled);
  }

  @Override
  public int hashCode() {
    return Objects.hash(
        variant, ema, vae, vaeBeside, textEncoder, textEncoder2, textEncoder3, distilled);
  }

  @Override
  public String toString() {
    return "CheckpointParts[variant=%s, ema=%s, vae=%s, vaeBeside=%s, textEncoder=%s, textEncoder2=%s, textEncoder3=%s, distilled=%s]"
        .formatted(
            variant, ema, vae, vaeBeside, textEncoder, textEncoder2, textEncoder3, distilled);
  }

  /** Builds the settings. Not thread-safe. */
  public static final class Builder {
    private Optional<String> variant = Optional.empty();
    private boolean ema;
    private Optional<Path> vae = Optional.empty();
    private boolean vaeBeside = true;
    private Optional<Path> textEncoder = Optional.empty();
    private Optional<Path> textEncoder2 = Optional.empty();
    private Optional<Path> textEncoder3 = Optional.empty();
    private Optional<Boolean> distilled = Optional.empty();

    private Builder() {}

    private Builder(CheckpointParts values) {
      variant = values.variant;
      ema = values.ema;
      vae = values.vae;
      vaeBeside = values.vaeBeside;
      textEncoder = values.textEncoder;
      textEncoder2 = values.textEncoder2;
      textEncoder3 = values.textEncoder3;
      distilled = values.distilled;
    }

    /**
     * Sets the variant of the weights to read from a diffusers folder. A network without this
     * variant is read in the standard variant, as in diffusers. Default: full precision if
     * available, otherwise {@code fp16}.
     *
     * @param variant a part of the file names: {@code fp16} for {@code
     *     diffusion_pytorch_model.fp16.safetensors}
     * @return this builder
     * @throws IllegalArgumentException if the variant is empty or cannot be part of a file name
     */
    public Builder variant(String variant) {
      Objects.requireNonNull(variant, "variant");
      if (!variant.matches("[\\w-]+")) {
        throw new SettingException(
            "variant", "be letters, digits, '_' and '-', such as fp16", variant);
      }
      this.variant = Optional.of(variant);
      return this;
    }

    /**
     * Sets whether the U-Net's weights averaged over its training (EMA) are used, {@code
     * model_ema.} in single files.
     *
     * @param ema default false, as in A1111: they are used only if a file has no others
     * @return this builder
     */
    public Builder ema(boolean ema) {
      this.ema = ema;
      return this;
    }

    /**
     * Replaces the checkpoint's VAE. Default: no replacement.
     *
     * @param vae a file or folder with the tensor names of the original code, with or without
     *     {@code first_stage_model.}, or with those of diffusers
     * @return this builder
     */
    public Builder vae(Path vae) {
      this.vae = Optional.of(Objects.requireNonNull(vae, "vae"));
      return this;
    }

    /**
     * Sets whether a VAE next to the checkpoint's file with a matching name is used, as in A1111:
     * {@code model.vae.safetensors}, {@code .vae.pt} or {@code .vae.ckpt} for {@code
     * model.safetensors}.
     *
     * @param vaeBeside default true; ignored if {@link #vae} is set
     * @return this builder
     */
    public Builder vaeBeside(boolean vaeBeside) {
      this.vaeBeside = vaeBeside;
      return this;
    }

    /**
     * Replaces the checkpoint's first text encoder. Default: no replacement.
     *
     * @param textEncoder a file or folder
     * @return this builder
     */
    public Builder textEncoder(Path textEncoder) {
      this.textEncoder = Optional.of(Objects.requireNonNull(textEncoder, "textEncoder"));
      return this;
    }

    /**
     * Replaces the checkpoint's second text encoder (SDXL, SD 3.x, FLUX.1). Default: no
     * replacement.
     *
     * @param textEncoder2 a file or folder
     * @return this builder
     */
    public Builder textEncoder2(Path textEncoder2) {
      this.textEncoder2 = Optional.of(Objects.requireNonNull(textEncoder2, "textEncoder2"));
      return this;
    }

    /**
     * Replaces the checkpoint's third text encoder (SD 3.x). Default: no replacement.
     *
     * @param textEncoder3 a file or folder
     * @return this builder
     */
    public Builder textEncoder3(Path textEncoder3) {
      this.textEncoder3 = Optional.of(Objects.requireNonNull(textEncoder3, "textEncoder3"));
      return this;
    }

    /**
     * Sets whether the model is distilled to few steps without guidance, which tensors do not show.
     * It decides the recommended settings and Z-Image's shift. No effect on SD 1.x, SD 2 and SDXL.
     *
     * @param distilled default: judged by settings files, metadata and the file's name; distilled
     *     if they say nothing
     * @return this builder
     */
    public Builder distilled(boolean distilled) {
      this.distilled = Optional.of(distilled);
      return this;
    }

    /** {@return the settings} The builder can be reused. */
    public CheckpointParts build() {
      return new CheckpointParts(this);
    }
  }
}
