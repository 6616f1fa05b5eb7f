package dev.sdlora.families.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.layout.SmallTensors;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.transformer.Flux2Config;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.tensors.weights.Origin;
import java.util.List;
import java.util.Map;

/** FLUX.2 klein. */
final class Flux2Traits implements TransformerTraits {
  private static final List<Integer> FULL_LAYERS = List.of(9, 18, 27);

  @Override
  public ModelFamily family() {
    return ModelFamily.FLUX2;
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    Flux2Config config = Flux2Config.of(shapes);
    List<Integer> axes = TransformerTraits.integers(settings.path("axes_dims_rope"));
    double theta = settings.path("rope_theta").asDouble(config.theta());
    return config.withAxes(axes.isEmpty() ? config.axes() : axes, theta);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return QwenParts.read(
        files, FULL_LAYERS, layers -> List.of(layers / 4, layers / 2, layers * 3 / 4));
  }

  @Override
  public LatentFormat latents(TransformerFiles.Part vae, int channels) {
    return LatentFormat.normalisedBy(floats(vae, "bn.running_mean"), floats(vae, "bn.running_var"));
  }

  private static float[] floats(TransformerFiles.Part part, String name) {
    Origin origin = part.weights().get(name);
    if (origin == null) {
      throw new CheckpointException(
          "'%s': tensor '%s' is missing, which FLUX.2's autoencoder has"
              .formatted(part.path(), name),
          ErrorDetails.in(part.path()).withTensor(name));
    }
    return SmallTensors.floats(origin.file(), origin.entry());
  }

  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    return files.distillation().distilled()
        ? TransformerTraits.defaults(4, 1)
        : TransformerTraits.defaults(50, 4);
  }
}
