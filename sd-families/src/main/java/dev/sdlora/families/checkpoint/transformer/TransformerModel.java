package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.weights.Origin;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A checked checkpoint whose denoiser is a transformer that predicts flows, such as FLUX.2 klein.
 *
 * @param texts the text encoders
 * @param transformer the denoiser
 * @param stored the tensors of the denoiser's file or shards as they are stored, including those of
 *     other networks
 * @param shift the shift of the model's schedule, if it is the same for all sizes
 * @param isDistilled whether the model needs no guidance
 */
public record TransformerModel(
    Checkpoint checkpoint,
    TextParts texts,
    Part<TransformerConfig> transformer,
    Part<VaeConfig> vae,
    NetworkWeights stored,
    double shift,
    boolean isDistilled)
    implements ModelFiles {
  /**
   * Returns the text encoder of a model that reads Qwen3.
   *
   * @throws ClassCastException if the model reads others
   */
  public TextParts.Qwen qwen() {
    return (TextParts.Qwen) texts;
  }

  @Override
  public ModelFiles predicting(PredictionType type) {
    if (type == PredictionType.FLOW) {
      return this;
    }
    throw new CheckpointException(
        "checkpoint '%s' is %s, which predicts flows, but predictionType is %s; leave it out"
            .formatted(checkpoint.path(), checkpoint.family().label(), type),
        ErrorDetails.in(checkpoint.path()));
  }

  @Override
  public List<Integer> textWidths() {
    return List.of();
  }

  @Override
  public Map<Network, Map<String, Origin>> patchable() {
    Map<Network, Map<String, Origin>> patchable = new EnumMap<>(Network.class);
    for (int i = 0; i < texts.encoders().size(); i++) {
      patchable.put(Network.textEncoder(i), texts.encoders().get(i).weights());
    }
    patchable.put(Network.UNET, transformer.weights());
    return patchable;
  }
}
