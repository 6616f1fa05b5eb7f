package dev.sdlora.families.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.transformer.TransformerConfig;
import java.util.List;
import java.util.Map;

/** Chroma. */
final class ChromaTraits implements TransformerTraits {
  @Override
  public ModelFamily family() {
    return ModelFamily.CHROMA;
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    return Flux1Traits.config(shapes, settings);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return T5Parts.alone(files);
  }

  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    return files.distillation().distilled()
        ? TransformerTraits.defaults(8, 1)
        : TransformerTraits.defaults(30, 3.5);
  }
}
