package dev.sdlora.api.lora;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How one LoRA was used in a generation. Immutable. */
public final class LoraReport {
  private final String name;
  private final Path path;
  private final String hash;
  private final LoraStrength strength;
  private final LoraMode mode;
  private final int matched;
  private final List<String> unmatched;

  private LoraReport(Builder values) {
    name = values.name;
    path = values.path;
    hash = values.hash;
    strength = values.strength;
    mode = values.mode;
    matched = values.matched;
    unmatched = values.unmatched;
  }

  /**
   * {@return a builder with what there has to be; the rest has the defaults that its setters tell}
   *
   * @param name the name by which it was asked for
   * @param path its file
   * @param hash A1111's short hash of the file, 12 hexadecimal digits
   */
  public static Builder builder(String name, Path path, String hash) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(hash, "hash");
    return new Builder(name, path, hash);
  }

  /** {@return a builder that starts from this one} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** {@return the name by which it was asked for} */
  public String name() {
    return name;
  }

  /** {@return the LoRA's file} */
  public Path path() {
    return path;
  }

  /** {@return A1111's short hash of the file, 12 hexadecimal digits} */
  public String hash() {
    return hash;
  }

  /** {@return how strongly it acted, and where} */
  public LoraStrength strength() {
    return strength;
  }

  /**
   * {@return how it got into the computation} It is {@link LoraMode#PATCHED} or {@link
   * LoraMode#OVERLAY}, never {@link LoraMode#AUTO}.
   */
  public LoraMode mode() {
    return mode;
  }

  /** {@return how many of its modules belong to a layer of the checkpoint} */
  public int matched() {
    return matched;
  }

  /**
   * {@return its modules that belong to no layer of the checkpoint, under the names that they have
   * in the file}
   */
  public List<String> unmatched() {
    return unmatched;
  }

  /** {@return the factor on its change of the text encoder, before the weights of blocks} */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /**
   * {@return the factor on its change of the U-Net in the first step, before the weights of blocks}
   */
  public double unetStrength() {
    return strength.unet().first();
  }

  /** {@return how many modules the file has} */
  public int modules() {
    return matched + unmatched.size();
  }

  /** Whether the other tells the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoraReport that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(name, path, hash, strength, mode, matched, unmatched);
  }

  @Override
  public String toString() {
    return "LoraReport" + state();
  }

  /** Collects what there is to tell. Not safe for use by several threads at once. */
  public static final class Builder {
    private final String name;
    private final Path path;
    private final String hash;
    private LoraStrength strength = LoraStrength.of(1);
    private LoraMode mode = LoraMode.PATCHED;
    private int matched;
    private List<String> unmatched = List.of();

    private Builder(String name, Path path, String hash) {
      this.name = name;
      this.path = path;
      this.hash = hash;
    }

    private Builder(LoraReport values) {
      name = values.name;
      path = values.path;
      hash = values.hash;
      strength = values.strength;
      mode = values.mode;
      matched = values.matched;
      unmatched = values.unmatched;
    }

    /**
     * Sets how strongly it acted, and where.
     *
     * @param strength default 1 everywhere
     * @return this builder
     */
    public Builder strength(LoraStrength strength) {
      Objects.requireNonNull(strength, "strength");
      this.strength = strength;
      return this;
    }

    /**
     * Sets how it got into the computation.
     *
     * @param mode {@link LoraMode#PATCHED}, the default, or {@link LoraMode#OVERLAY}, never {@link
     *     LoraMode#AUTO}
     * @return this builder
     */
    public Builder mode(LoraMode mode) {
      Objects.requireNonNull(mode, "mode");
      this.mode = mode;
      return this;
    }

    /**
     * Sets how many of its modules belong to a layer of the checkpoint.
     *
     * @param matched their number. Default 0
     * @return this builder
     */
    public Builder matched(int matched) {
      this.matched = matched;
      return this;
    }

    /**
     * Sets its modules that belong to no layer of the checkpoint.
     *
     * @param unmatched the names that they have in the file; copied. Default none
     * @return this builder
     */
    public Builder unmatched(List<String> unmatched) {
      Objects.requireNonNull(unmatched, "unmatched");
      this.unmatched = List.copyOf(unmatched);
      return this;
    }

    /** {@return the report} The builder can be used further. */
    public LoraReport build() {
      return new LoraReport(this);
    }
  }
}
