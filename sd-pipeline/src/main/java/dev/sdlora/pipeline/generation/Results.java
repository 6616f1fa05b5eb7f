package dev.sdlora.pipeline.generation;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.pipeline.request.RequestPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the results of the parts of a request. Used by one thread. */
final class Results {
  private final Model model;
  private final GenerationListener listener;
  private final boolean keepsImages;
  private final List<GeneratedImage> images = new ArrayList<>();
  private final Set<LoraReport> loras = new LinkedHashSet<>();
  private final Set<String> warnings = new LinkedHashSet<>();
  private long nanos;
  private @Nullable GenerationResult result;

  Results(Model model, GenerationListener listener) {
    this.model = model;
    this.listener = listener;
    this.keepsImages = !listener.takesImages();
  }

  /** Whether images are kept until the end instead of being passed only to the listener. */
  boolean keepsImages() {
    return keepsImages;
  }

  void add(GeneratedImage image) {
    if (keepsImages) {
      images.add(image);
    }
  }

  /**
   * Adds what a part reports when it is drawn.
   *
   * @param partNanos the time since its start, including the wait for other requests
   */
  void partEnd(
      RequestPlan plan,
      RequestPart part,
      RequestNetworks networks,
      boolean endedEarly,
      long partNanos) {
    loras.addAll(networks.reports());
    warnings.addAll(ResultWarnings.of(plan, part, networks, endedEarly));
    nanos += partNanos - networks.waitedNanos();
  }

  /** Returns the result; the first call reports it to the listener. */
  GenerationResult end() {
    GenerationResult built = result;
    if (built == null) {
      built =
          new GenerationResult(
              images,
              List.copyOf(loras),
              List.copyOf(warnings),
              Duration.ofNanos(nanos),
              model.vaeName(),
              model.networks().precision());
      result = built;
      listener.generationEnd(built);
    }
    return built;
  }
}
