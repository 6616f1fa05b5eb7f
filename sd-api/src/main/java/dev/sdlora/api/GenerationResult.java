package dev.sdlora.api;

import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.value.Checks;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The images of one request and what there is to know about how they came about. Immutable. */
public final class GenerationResult implements Iterable<GeneratedImage> {
  private final List<GeneratedImage> images;
  private final List<LoraReport> loras;
  private final List<String> warnings;
  private final Duration elapsed;
  private final Optional<String> vae;
  private final Precision precision;

  private GenerationResult(Builder values) {
    images = values.images;
    loras = values.loras;
    warnings = values.warnings;
    elapsed = values.elapsed;
    vae = values.vae;
    precision = values.precision;
  }

  /**
   * {@return a builder with what there has to be; the rest has the defaults that its setters tell}
   *
   * @param images the images, in the order of their seeds; copied
   */
  public static Builder builder(List<GeneratedImage> images) {
    Objects.requireNonNull(images, "images");
    return new Builder(List.copyOf(images));
  }

  /** {@return a builder that starts from this one} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * {@return the images, in the order of their seeds; none if the listener {@linkplain
   * GenerationListener#takesImages takes} them}
   */
  public List<GeneratedImage> images() {
    return images;
  }

  /** {@return how each LoRA that acted was used, in the order of application} */
  public List<LoraReport> loras() {
    return loras;
  }

  /**
   * {@return sentences about things that were passed over} A tag of an unknown kind is one, or, in
   * a {@linkplain PromptSpec.Builder#lenient lenient} request, a LoRA that could not be used.
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * {@return the name of the file or folder whose VAE took the place of the checkpoint's own; empty
   * if none did}
   */
  public Optional<String> vae() {
    return vae;
  }

  /**
   * {@return the number format that the networks computed in} Where {@link Precision#AUTO} was
   * asked for, it is the one that was chosen.
   */
  public Precision precision() {
    return precision;
  }

  /**
   * {@return the time from the start of the work to its end, without waiting for other requests}
   */
  public Duration elapsed() {
    return elapsed;
  }

  /**
   * {@return the first image}
   *
   * @throws IllegalStateException if the listener has taken them
   */
  public GeneratedImage first() {
    if (images.isEmpty()) {
      throw new IllegalStateException("the listener took the pictures, so the result has none");
    }
    return images.get(0);
  }

  @Override
  public Iterator<GeneratedImage> iterator() {
    return images.iterator();
  }

  /** Whether the other tells the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof GenerationResult that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(images, loras, warnings, elapsed, vae, precision);
  }

  /** How much there is of everything, and the warnings. */
  @Override
  public String toString() {
    return "GenerationResult[%s images, %s LoRAs, warnings %s, %s, %s%s]"
        .formatted(
            images.size(),
            loras.size(),
            warnings,
            elapsed,
            precision,
            vae.map(name -> ", VAE " + name).orElse(""));
  }

  /** Collects what there is to tell. Not safe for use by several threads at once. */
  public static final class Builder {
    private final List<GeneratedImage> images;
    private List<LoraReport> loras = List.of();
    private List<String> warnings = List.of();
    private Duration elapsed = Duration.ZERO;
    private Optional<String> vae = Optional.empty();
    private Precision precision = Precision.FLOAT32;

    private Builder(List<GeneratedImage> images) {
      this.images = images;
    }

    private Builder(GenerationResult values) {
      images = values.images;
      loras = values.loras;
      warnings = values.warnings;
      elapsed = values.elapsed;
      vae = values.vae;
      precision = values.precision;
    }

    /**
     * Sets what became of each LoRA that acted.
     *
     * @param loras in the order of application. Default none
     * @return this builder
     */
    public Builder loras(List<LoraReport> loras) {
      Objects.requireNonNull(loras, "loras");
      this.loras = List.copyOf(loras);
      return this;
    }

    /**
     * Sets what was passed over; see {@link GenerationResult#warnings}.
     *
     * @param warnings sentences for people. Default none
     * @return this builder
     */
    public Builder warnings(List<String> warnings) {
      Objects.requireNonNull(warnings, "warnings");
      this.warnings = List.copyOf(warnings);
      return this;
    }

    /**
     * Sets the time from the start of the work to its end.
     *
     * @param elapsed without waiting for other requests. Default {@link Duration#ZERO}
     * @return this builder
     */
    public Builder elapsed(Duration elapsed) {
      Objects.requireNonNull(elapsed, "elapsed");
      this.elapsed = elapsed;
      return this;
    }

    /**
     * Sets what took the place of the checkpoint's own VAE. Default: nothing.
     *
     * @param vae the name of its file or folder
     * @return this builder
     */
    public Builder vae(String vae) {
      this.vae = Optional.of(Objects.requireNonNull(vae, "vae"));
      return this;
    }

    /**
     * Sets the number format that the networks computed in.
     *
     * @param precision default {@link Precision#FLOAT32}
     * @return this builder
     * @throws IllegalArgumentException if it is {@link Precision#AUTO}, which is none
     */
    public Builder precision(Precision precision) {
      Objects.requireNonNull(precision, "precision");
      Checks.require(precision != Precision.AUTO, "precision", "be a number format", precision);
      this.precision = precision;
      return this;
    }

    /** {@return the result} The builder can be used further. */
    public GenerationResult build() {
      return new GenerationResult(this);
    }
  }
}
