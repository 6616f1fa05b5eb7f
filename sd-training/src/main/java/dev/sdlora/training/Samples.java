package dev.sdlora.training;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Generates images with an unfinished LoRA. */
record Samples(Pipeline pipeline, Outputs outputs, TrainingListener listener) {
  private static final Logger LOG = LoggerFactory.getLogger(Samples.class);

  /** Generates the images of a step; stops before the next image when cancelled or interrupted. */
  void make(int step, Path lora, BooleanSupplier cancelled) {
    int number = 0;
    try {
      LoraAdapter adapter = LoraAdapter.open(lora);
      for (PromptSpec spec : outputs.samples()) {
        if (cancelled.getAsBoolean()) {
          return;
        }
        for (GeneratedImage image : pipeline.generate(spec.toBuilder().lora(adapter).build())) {
          Path file = outputs.sample(step, ++number);
          image.save(file);
          listener.sample(file);
        }
      }
    } catch (RuntimeException e) {
      // An interrupt makes the pipeline and file operations fail; the status stays set for the
      // training.
      if (!Thread.currentThread().isInterrupted()) {
        throw e;
      }
      LOG.debug("samples of step {} were interrupted", step, e);
    }
  }
}
