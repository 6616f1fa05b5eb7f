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
   * @param images in the order of their seeds
   * @param loras in the order of application
   * @param warnings sentences for people
   * @param elapsed without waiting for other requests
   * @param vae the name of a file or folder
   * @param precision the precision that was used
   * @throws IllegalArgumentException if the precision is {@link Precision#AUTO}
   */
  public GenerationResult {
    images = List.copyOf(images);
    loras = List.copyOf(loras);
    warnings = List.copyOf(warnings);
    Objects.requireNonNull(elapsed, "elapsed");
    Objects.requireNonNull(vae, "vae");
    Checks.require(precision != Precision.AUTO, "precision", "be a number format", precision);
  }

  /**
   * Creates a result of images alone, as tests need it.
   *
   * @param images in the order of their seeds
   */
  public GenerationResult(List<GeneratedImage> images) {
    this(images, List.of(), List.of(), Duration.ZERO, Optional.empty(), Precision.FLOAT32);
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
