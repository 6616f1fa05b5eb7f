package dev.sdlora.training;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationCancelledException;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes pictures with an unfinished LoRA. */
record Samples(Pipeline pipeline, Outputs outputs, TrainingListener listener) {
  private static final Logger LOG = LoggerFactory.getLogger(Samples.class);

  /** Makes the pictures of a step; stops when its thread is interrupted, which stays set. */
  void make(int step, Path lora) {
    LoraAdapter adapter = LoraAdapter.open(lora);
    int number = 0;
    try {
      for (PromptSpec spec : outputs.samples()) {
        for (GeneratedImage image : pipeline.generate(spec.toBuilder().lora(adapter).build())) {
          Path file = outputs.sample(step, ++number);
          image.save(file);
          listener.sample(file);
        }
      }
    } catch (GenerationCancelledException e) {
      LOG.debug("samples of step {} were interrupted", step, e);
    }
  }
}
