package dev.sdlora.api;

import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.api.value.Checks;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The images of one request, with warnings and a report for each LoRA.
 *
 * @param images the images, in the order of their seeds; empty if the listener {@linkplain
 *     GenerationListener#takesImages takes} them
 * @param loras a report for each LoRA that acted, in the order of application
 * @param warnings sentences about parts of the request that were skipped, such as a tag of an
 *     unknown kind or, in a {@linkplain PromptSpec.Builder#lenient lenient} request, a LoRA that
 *     could not be used
 * @param elapsed the time from the start of the work to its end, without waiting for other requests
 * @param vae the name of the file or folder whose VAE replaced the checkpoint's own; empty if none
 *     did
 * @param precision the precision that the networks computed in, never {@link Precision#AUTO}
 */
public record GenerationResult(
    List<GeneratedImage> images,
    List<LoraReport> loras,
    List<String> warnings,
    Duration elapsed,
    Optional<String> vae,
    Precision precision)
    implements Iterable<GeneratedImage> {

  /**
   * Copies the lists.
   *
   * @param images the images, in the order of their seeds
   * @param loras a report for each LoRA, in the order of application
   * @param warnings the warnings, as readable sentences
   * @param elapsed the duration of the work, without waiting for other requests
   * @param vae the name of a file or folder, or empty
   * @param precision the precision of the networks
   * @throws IllegalArgumentException if the precision is {@link Precision#AUTO}
   */
  public GenerationResult {
    images = List.copyOf(images);
    loras = List.copyOf(loras);
    warnings = List.copyOf(warnings);
    Objects.requireNonNull(elapsed, "elapsed");
    Objects.requireNonNull(vae, "vae");
    Checks.require(precision != Precision.AUTO, "precision", "be a concrete precision", precision);
  }

  /**
   * Creates a result with images only, for tests.
   *
   * @param images the images, in the order of their seeds
   */
  public GenerationResult(List<GeneratedImage> images) {
    this(images, List.of(), List.of(), Duration.ZERO, Optional.empty(), Precision.FLOAT32);
  }

  /**
   * {@return the first image}
   *
   * @throws IllegalStateException if the result has no images because the listener took them
   */
  public GeneratedImage first() {
    if (images.isEmpty()) {
      throw new IllegalStateException("the result has no images because the listener took them");
    }
    return images.get(0);
  }

  @Override
  public Iterator<GeneratedImage> iterator() {
    return images.iterator();
  }

  /** Returns the counts and the warnings. */
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
}
