package dev.sdlora.families.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.ZImageConfig;
import java.util.List;
import java.util.Map;

/** Z-Image, Turbo or base. */
final class ZImageTraits implements TransformerTraits {
  private static final List<Integer> FULL_LAYERS = List.of(35);
  private static final double TURBO_SHIFT = 3;
  private static final double BASE_SHIFT = 6;

  @Override
  public ModelFamily family() {
    return ModelFamily.Z_IMAGE;
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    ZImageConfig config =
        ZImageConfig.of(shapes, settings.path("rope_theta").asDouble(ZImageConfig.THETA));
    List<Integer> axes = TransformerTraits.integers(settings.path("axes_dims"));
    return axes.isEmpty() ? config : config.withAxes(axes);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return QwenParts.read(files, FULL_LAYERS, layers -> List.of(Math.max(1, layers - 1)));
  }

  @Override
  public String widest() {
    return "layers.0.attention.to_q.weight";
  }

  @Override
  public double shift(boolean isDistilled) {
    return isDistilled ? TURBO_SHIFT : BASE_SHIFT;
  }

  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    return files.distillation().distilled()
        ? TransformerTraits.defaults(8, 1)
        : TransformerTraits.defaults(30, 4);
  }
}
