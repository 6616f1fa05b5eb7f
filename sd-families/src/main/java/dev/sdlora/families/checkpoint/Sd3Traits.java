package dev.sdlora.families.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.transformer.Sd3Config;
import dev.sdlora.families.transformer.TransformerConfig;
import java.util.List;
import java.util.Map;

/** Stable Diffusion 3 Medium, and 3.5 Large, Large Turbo and Medium. */
final class Sd3Traits implements TransformerTraits {
  private static final double SHIFT = 3;

  @Override
  public ModelFamily family() {
    return ModelFamily.SD3;
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    Sd3Config config = Sd3Config.of(shapes);
    int heads = settings.path("num_attention_heads").asInt(config.heads());
    if (heads < 1 || config.width() % heads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads is %s, expected a divisor of the width %s"
              .formatted(heads, config.width()));
    }
    return config.withHeads(heads);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return T5Parts.withBothClips(files, Sd3Config.of(files.transformer().shapes()).pooledWidth());
  }

  @Override
  public LatentFormat latents(TransformerFiles.Part vae, int channels) {
    return LatentFormat.shifted(0.0609, 1.5305, channels);
  }

  @Override
  public String widest() {
    return "context_embedder.weight";
  }

  @Override
  public double shift(boolean isDistilled) {
    return SHIFT;
  }

  /** Returns Stability AI's settings: Medium has a second attention, Large Turbo is distilled. */
  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    if (files.distillation().distilled()) {
      return TransformerTraits.defaults(4, 1);
    }
    return ((Sd3Config) config).dualLayers().isEmpty()
        ? TransformerTraits.defaults(28, 4.5)
        : TransformerTraits.defaults(40, 5);
  }
}
