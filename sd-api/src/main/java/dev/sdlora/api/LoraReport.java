package dev.sdlora.api;

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

  /** A builder with what there has to be; the rest has the defaults that its setters tell. */
  public static Builder builder(String name, Path path, String hash) {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(hash, "hash");
    return new Builder(name, path, hash);
  }

  /** A builder that starts from this one. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** The name by which it was asked for. */
  public String name() {
    return name;
  }

  /** Its file. */
  public Path path() {
    return path;
  }

  /** A1111's short hash of the file, 12 hexadecimal digits. */
  public String hash() {
    return hash;
  }

  /** How strongly it acted, and where. */
  public LoraStrength strength() {
    return strength;
  }

  /**
   * How it got into the computation: {@link LoraMode#PATCHED} or {@link LoraMode#OVERLAY}, never
   * {@link LoraMode#AUTO}.
   */
  public LoraMode mode() {
    return mode;
  }

  /** How many of its modules belong to a layer of the checkpoint. */
  public int matched() {
    return matched;
  }

  /** Its modules that belong to none, under the names that they have in the file. */
  public List<String> unmatched() {
    return unmatched;
  }

  /** Factor on its change of the text encoder, before the weights of blocks. */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /** Factor on its change of the U-Net in the first step, before the weights of blocks. */
  public double unetStrength() {
    return strength.unet().first();
  }

  /** How many modules the file has. */
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

    /** Sets how strongly it acted, and where. Default 1 everywhere. */
    public Builder strength(LoraStrength strength) {
      Objects.requireNonNull(strength, "strength");
      this.strength = strength;
      return this;
    }

    /**
     * Sets how it got into the computation: {@link LoraMode#PATCHED} or {@link LoraMode#OVERLAY},
     * never {@link LoraMode#AUTO}. Default {@link LoraMode#PATCHED}.
     */
    public Builder mode(LoraMode mode) {
      Objects.requireNonNull(mode, "mode");
      this.mode = mode;
      return this;
    }

    /** Sets how many of its modules belong to a layer of the checkpoint. Default 0. */
    public Builder matched(int matched) {
      this.matched = matched;
      return this;
    }

    /**
     * Sets its modules that belong to none, under the names that they have in the file. Default
     * none.
     */
    public Builder unmatched(List<String> unmatched) {
      Objects.requireNonNull(unmatched, "unmatched");
      this.unmatched = List.copyOf(unmatched);
      return this;
    }

    /** Builds it; the builder can be used further. */
    public LoraReport build() {
      return new LoraReport(this);
    }
  }
}
