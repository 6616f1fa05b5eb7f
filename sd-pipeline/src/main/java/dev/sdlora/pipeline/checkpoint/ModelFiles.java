package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint that has been checked: what its networks look like and where each weight lies.
 *
 * @param checkpoint what the caller sees
 * @param textEncoders the text encoders, whose states the U-Net reads side by side in this order
 * @param unet the U-Net
 * @param vae the autoencoder
 * @param prediction what the U-Net predicts
 * @param levels the noise levels that it was trained on
 */
public record ModelFiles(
    Checkpoint checkpoint,
    List<Part<ClipConfig>> textEncoders,
    Part<UNetConfig> unet,
    Part<VaeConfig> vae,
    Prediction prediction,
    TrainedLevels levels) {
  /** Copies the list. */
  public ModelFiles {
    textEncoders = List.copyOf(textEncoders);
  }

  /** The same with a note of the parts that it is put together from. */
  ModelFiles with(CheckpointParts parts, Optional<Path> vaeFile) {
    Checkpoint.Builder noted = checkpoint.toBuilder().parts(parts);
    vaeFile.ifPresent(noted::vae);
    return with(noted.build());
  }

  /** A copy that callers see as another checkpoint. */
  ModelFiles with(Checkpoint described) {
    return new ModelFiles(described, textEncoders, unet, vae, prediction, levels);
  }

  /** The same with a U-Net that predicts something else. */
  public ModelFiles predicting(PredictionType type) {
    Prediction other =
        switch (type) {
          case EPSILON -> Prediction.EPSILON;
          case V_PREDICTION ->
              levels.kind() == TrainedLevels.Kind.EDM ? Prediction.EDM_V : Prediction.V_PREDICTION;
          case SAMPLE -> Prediction.SAMPLE;
          case EDM -> Prediction.EDM;
        };
    Checkpoint told = checkpoint.toBuilder().predictionType(type).build();
    return new ModelFiles(told, textEncoders, unet, vae, other, levels);
  }

  /** Where the weights lie that LoRAs can change. */
  public Map<Network, Map<String, Origin>> patchable() {
    Map<Network, Map<String, Origin>> patchable = new EnumMap<>(Network.class);
    for (int i = 0; i < textEncoders.size(); i++) {
      patchable.put(Network.textEncoder(i), textEncoders.get(i).weights());
    }
    patchable.put(Network.UNET, unet.weights());
    return patchable;
  }

  /**
   * One network.
   *
   * @param <C> the type of its dimensions
   * @param config its dimensions
   * @param weights where each weight lies, by the name that the network uses
   */
  public record Part<C>(C config, Map<String, Origin> weights) {
    /** How many numbers the weights are. */
    public long size() {
      return weights.values().stream().mapToLong(origin -> origin.entry().elements()).sum();
    }
  }
}
