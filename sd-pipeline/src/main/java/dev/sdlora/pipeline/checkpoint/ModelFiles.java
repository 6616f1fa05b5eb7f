package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.spi.CheckpointBuilder;
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
 * A checked checkpoint: the dimensions of its networks and the location of each weight.
 *
 * @param checkpoint the description for callers
 * @param textEncoders the text encoders; the U-Net reads their states concatenated in this order
 * @param unet the U-Net
 * @param vae the autoencoder
 * @param prediction the prediction type of the U-Net
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

  /** Returns a copy that records the parts it was assembled from. */
  ModelFiles with(CheckpointParts parts, Optional<Path> vaeFile) {
    CheckpointBuilder noted = new CheckpointBuilder(checkpoint).parts(parts);
    vaeFile.ifPresent(noted::vae);
    return with(noted.build());
  }

  /** Returns a copy with another description for callers. */
  ModelFiles with(Checkpoint described) {
    return new ModelFiles(described, textEncoders, unet, vae, prediction, levels);
  }

  /** Returns a copy whose U-Net has another prediction type. */
  public ModelFiles predicting(PredictionType type) {
    Prediction other =
        switch (type) {
          case EPSILON -> Prediction.EPSILON;
          case V_PREDICTION ->
              levels.kind() == TrainedLevels.Kind.EDM ? Prediction.EDM_V : Prediction.V_PREDICTION;
          case SAMPLE -> Prediction.SAMPLE;
          case EDM -> Prediction.EDM;
        };
    Checkpoint told = new CheckpointBuilder(checkpoint).predictionType(type).build();
    return new ModelFiles(told, textEncoders, unet, vae, other, levels);
  }

  /** Returns the locations of the weights that LoRAs can change. */
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
   * @param weights the location of each weight, by the name that the network uses
   */
  public record Part<C>(C config, Map<String, Origin> weights) {
    /** Returns the number of parameters. */
    public long size() {
      return weights.values().stream().mapToLong(origin -> origin.entry().elements()).sum();
    }
  }
}
