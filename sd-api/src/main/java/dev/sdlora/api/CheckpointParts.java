package dev.sdlora.api;

import dev.sdlora.api.value.SettingException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which files and tensors a model is put together from, where there is a choice. Immutable.
 *
 * <p>Networks from files of their own take the place of those in the checkpoint, which may then
 * lack them: a file with a U-Net alone, under the original names or those of diffusers, becomes a
 * model when VAE and text encoders are named.
 */
public final class CheckpointParts {
  /** What the checkpoint itself has, and a VAE that lies beside it under its name. */
  public static final CheckpointParts DEFAULT = new Builder().build();

  private final Optional<String> variant;
  private final boolean ema;
  private final Optional<Path> vae;
  private final boolean vaeBeside;
  private final Optional<Path> textEncoder;
  private final Optional<Path> textEncoder2;

  private CheckpointParts(Builder values) {
    variant = values.variant;
    ema = values.ema;
    vae = values.vae;
    vaeBeside = values.vaeBeside;
    textEncoder = values.textEncoder;
    textEncoder2 = values.textEncoder2;
  }

  /** {@return a builder with the defaults that its setters tell} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that starts from these} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * {@return the variant of the weights in a diffusers folder, such as {@code fp16}} Empty, the
   * default, for full precision if it is there, else {@code fp16}.
   */
  public Optional<String> variant() {
    return variant;
  }

  /**
   * {@return whether averaged weights of the U-Net are taken where a file has both} Default false.
   */
  public boolean ema() {
    return ema;
  }

  /**
   * {@return the file or folder whose VAE takes the place of the checkpoint's} Empty, the default,
   * for none.
   */
  public Optional<Path> vae() {
    return vae;
  }

  /** {@return whether a VAE beside the checkpoint is taken} Default true. */
  public boolean vaeBeside() {
    return vaeBeside;
  }

  /**
   * {@return the file or folder whose text encoder takes the place of the checkpoint's first}
   * Empty, the default, for none.
   */
  public Optional<Path> textEncoder() {
    return textEncoder;
  }

  /**
   * {@return the file or folder whose text encoder takes the place of the checkpoint's second}
   * Empty, the default, for none.
   */
  public Optional<Path> textEncoder2() {
    return textEncoder2;
  }

  /** Whether the other tells the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CheckpointParts that
        && variant.equals(that.variant)
        && ema == that.ema
        && vae.equals(that.vae)
        && vaeBeside == that.vaeBeside
        && textEncoder.equals(that.textEncoder)
        && textEncoder2.equals(that.textEncoder2);
  }

  @Override
  public int hashCode() {
    return Objects.hash(variant, ema, vae, vaeBeside, textEncoder, textEncoder2);
  }

  @Override
  public String toString() {
    return "CheckpointParts[variant=%s, ema=%s, vae=%s, vaeBeside=%s, textEncoder=%s, textEncoder2=%s]"
        .formatted(variant, ema, vae, vaeBeside, textEncoder, textEncoder2);
  }

  /** Collects choices. Not safe for use by several threads at once. */
  public static final class Builder {
    private Optional<String> variant = Optional.empty();
    private boolean ema;
    private Optional<Path> vae = Optional.empty();
    private boolean vaeBeside = true;
    private Optional<Path> textEncoder = Optional.empty();
    private Optional<Path> textEncoder2 = Optional.empty();

    private Builder() {}

    private Builder(CheckpointParts values) {
      variant = values.variant;
      ema = values.ema;
      vae = values.vae;
      vaeBeside = values.vaeBeside;
      textEncoder = values.textEncoder;
      textEncoder2 = values.textEncoder2;
    }

    /**
     * Sets which weights of a diffusers folder are read. A network that does not have the variant
     * is read without it, as diffusers does. Default: full precision if it is there, else {@code
     * fp16}.
     *
     * @param variant part of the files' names: {@code fp16} for {@code
     *     diffusion_pytorch_model.fp16.safetensors}
     * @return this builder
     * @throws IllegalArgumentException if it is empty or no part of a file's name
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
     * Sets whether the average of the U-Net's weights over its training is taken, {@code
     * model_ema.} in single files.
     *
     * @param ema default false, as in A1111: only where a file has nothing else
     * @return this builder
     */
    public Builder ema(boolean ema) {
      this.ema = ema;
      return this;
    }

    /**
     * Sets whose VAE takes the place of the checkpoint's. Default: none.
     *
     * @param vae a file or folder with the names of the original code, with or without {@code
     *     first_stage_model.}, or with those of diffusers
     * @return this builder
     */
    public Builder vae(Path vae) {
      this.vae = Optional.of(Objects.requireNonNull(vae, "vae"));
      return this;
    }

    /**
     * Sets whether a VAE is taken that lies beside the file of the checkpoint under its name,
     * {@code model.vae.safetensors}, {@code .vae.pt} or {@code .vae.ckpt} beside {@code
     * model.safetensors}, as in A1111.
     *
     * @param vaeBeside default true; of no effect where a VAE is named
     * @return this builder
     */
    public Builder vaeBeside(boolean vaeBeside) {
      this.vaeBeside = vaeBeside;
      return this;
    }

    /**
     * Sets whose text encoder takes the place of the checkpoint's first. Default: none.
     *
     * @param textEncoder a file or folder
     * @return this builder
     */
    public Builder textEncoder(Path textEncoder) {
      this.textEncoder = Optional.of(Objects.requireNonNull(textEncoder, "textEncoder"));
      return this;
    }

    /**
     * Sets whose text encoder takes the place of the checkpoint's second, of SDXL. Default: none.
     *
     * @param textEncoder2 a file or folder
     * @return this builder
     */
    public Builder textEncoder2(Path textEncoder2) {
      this.textEncoder2 = Optional.of(Objects.requireNonNull(textEncoder2, "textEncoder2"));
      return this;
    }

    /** {@return the choices} The builder can be used further. */
    public CheckpointParts build() {
      return new CheckpointParts(this);
    }
  }
}
