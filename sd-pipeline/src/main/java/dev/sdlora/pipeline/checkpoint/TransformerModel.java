package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.stored.NetworkWeights;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.pipeline.transformer.Qwen3Config;
import dev.sdlora.pipeline.transformer.TransformerConfig;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import dev.sdlora.tensors.weights.Origin;
import java.util.List;
import java.util.Map;

/**
 * A checked checkpoint whose denoiser is a transformer that predicts flows: FLUX.2 klein or
 * Z-Image.
 *
 * @param textEncoder Qwen3, up to the last layer whose states are read
 * @param textLayers the numbers of layers after which the denoiser reads states, in the order in
 *     which they are joined
 * @param tokenizer the tokenizer of the text encoder
 * @param transformer the denoiser
 * @param stored the tensors of the denoiser's file or shards as they are stored, including those of
 *     other networks
 * @param shift the shift of the model's schedule, if it is the same for all sizes
 * @param isDistilled whether the model needs no guidance
 */
public record TransformerModel(
    Checkpoint checkpoint,
    Part<Qwen3Config> textEncoder,
    List<Integer> textLayers,
    QwenTokenizer tokenizer,
    Part<TransformerConfig> transformer,
    Part<VaeConfig> vae,
    NetworkWeights stored,
    double shift,
    boolean isDistilled)
    implements ModelFiles {
  /** Copies the list. */
  public TransformerModel {
    textLayers = List.copyOf(textLayers);
  }

  /** Returns the number of the encoder's layers that are read. */
  public int encoderLayers() {
    return textLayers.stream().mapToInt(layer -> layer).max().orElseThrow();
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
    return Map.of(Network.TEXT_ENCODER, textEncoder.weights(), Network.UNET, transformer.weights());
  }
}
