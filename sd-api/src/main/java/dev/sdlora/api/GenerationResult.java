package dev.sdlora.api;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;

/**
 * The pictures of one request and what there is to know about how they came about.
 *
 * @param images the pictures, in the order of their seeds; none if the listener {@linkplain
 *     GenerationListener#takesImages takes} them
 * @param loras what became of each LoRA that acted, in the order of application
 * @param warnings sentences about things that were passed over, such as a tag of an unknown kind,
 *     or, in a {@linkplain PromptSpecBuilder#lenient lenient} request, a LoRA that could not be
 *     used
 * @param elapsed from the start of the work to its end, without waiting for other requests
 */
public record GenerationResult(
    List<GeneratedImage> images, List<LoraReport> loras, List<String> warnings, Duration elapsed)
    implements Iterable<GeneratedImage> {

  /** Copies the lists. */
  public GenerationResult {
    images = List.copyOf(images);
    loras = List.copyOf(loras);
    warnings = List.copyOf(warnings);
  }

  /** How much there is of everything, and the warnings. */
  @Override
  public String toString() {
    return "GenerationResult[%d images, %d LoRAs, warnings %s, %s]"
        .formatted(images.size(), loras.size(), warnings, elapsed);
  }

  /**
   * The first picture.
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
}
