package dev.sdlora.families.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.transformer.TransformerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The dimensions and settings of a family's models; one implementation for each family. */
interface TransformerTraits {
  /** Returns the traits of a family. */
  static TransformerTraits of(TransformerFamily family) {
    return switch (family) {
      case FLUX2 -> new Flux2Traits();
      case Z_IMAGE -> new ZImageTraits();
      case FLUX1 -> new Flux1Traits();
      case CHROMA -> new ChromaTraits();
      case SD3 -> new Sd3Traits();
    };
  }

  /** Returns the family's name. */
  ModelFamily family();

  /**
   * Derives the dimensions of the transformer.
   *
   * @param shapes the shapes of its weights
   * @param settings its config.json; missing if there is none
   * @throws IllegalArgumentException if they contradict each other
   */
  TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings);

  /**
   * Reads the dimensions of the text encoders.
   *
   * @throws dev.sdlora.api.error.CheckpointException if their tensors contradict each other
   */
  TextParts texts(TransformerFiles files);

  /** Returns the conversion of the VAE's latents to those of the sampler; FLUX.1's by default. */
  default LatentFormat latents(TransformerFiles.Part vae, int channels) {
    return LatentFormat.shifted(0.1159, 0.3611, channels);
  }

  /** Returns the task for which the transformer was trained. */
  default Checkpoint.Task task(TransformerConfig transformer) {
    return Checkpoint.Task.TEXT_TO_IMAGE;
  }

  /** Returns the name of a weight with one row for each channel of a token. */
  default String widest() {
    return "x_embedder.weight";
  }

  /** Returns the shift of the schedule if no settings tell it; 1 if it depends on sizes. */
  default double shift(boolean isDistilled) {
    return 1;
  }

  /** Returns the settings that the authors recommend. */
  PromptSpec defaults(TransformerFiles files, TransformerConfig config);

  /** Returns a request with the sampler of flows. */
  static PromptSpec defaults(int steps, double cfgScale) {
    return PromptSpec.builder().sampler(Sampler.EULER).steps(steps).cfgScale(cfgScale).build();
  }

  /** Returns the numbers of a list in settings; empty if there is none. */
  static List<Integer> integers(JsonNode array) {
    List<Integer> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.asInt()));
    return numbers;
  }
}
