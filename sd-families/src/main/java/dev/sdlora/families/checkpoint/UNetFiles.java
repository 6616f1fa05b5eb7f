package dev.sdlora.families.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.families.checkpoint.layout.TrainedLevels;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.families.sd.UNetFamily;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A checked checkpoint whose denoiser is a U-Net: SD 1.x, SD 2, SDXL or SDXL's refiner.
 *
 * @param checkpoint the description for callers
 * @param textEncoders the text encoders; the U-Net reads their states concatenated in this order
 * @param unet the U-Net
 * @param vae the autoencoder
 * @param prediction the prediction type of the U-Net
 * @param levels the noise levels that it was trained on
 */
public record UNetFiles(
    Checkpoint checkpoint,
    List<ModelFiles.Part<ClipConfig>> textEncoders,
    ModelFiles.Part<UNetConfig> unet,
    ModelFiles.Part<VaeConfig> vae,
    Prediction prediction,
    TrainedLevels levels)
    implements ModelFiles {
  /** Copies the list. */
  public UNetFiles {
    textEncoders = List.copyOf(textEncoders);
  }

  /** Returns a copy that records the parts it was assembled from. */
  UNetFiles with(CheckpointParts parts, Optional<Path> vaeFile) {
    CheckpointBuilder noted = new CheckpointBuilder(checkpoint).parts(parts);
    vaeFile.ifPresent(noted::vae);
    return with(noted.build());
  }

  /** Returns a copy with another description for callers. */
  UNetFiles with(Checkpoint described) {
    return new UNetFiles(described, textEncoders, unet, vae, prediction, levels);
  }

  @Override
  public UNetFiles predicting(PredictionType type) {
    Prediction other =
        switch (type) {
          case EPSILON -> Prediction.EPSILON;
          case V_PREDICTION ->
              levels.kind() == TrainedLevels.Kind.EDM ? Prediction.EDM_V : Prediction.V_PREDICTION;
          case SAMPLE -> Prediction.SAMPLE;
          case EDM -> Prediction.EDM;
          case FLOW ->
              throw new CheckpointException(
                  "checkpoint '%s' is %s, whose U-Net cannot predict flows; expected predictionType EPSILON, V_PREDICTION, SAMPLE or EDM"
                      .formatted(checkpoint.path(), checkpoint.family().label()),
                  ErrorDetails.in(checkpoint.path()));
        };
    Checkpoint changed = new CheckpointBuilder(checkpoint).predictionType(type).build();
    return new UNetFiles(changed, textEncoders, unet, vae, other, levels);
  }

  /** Returns what drawing asks of the model. */
  public UNetFamily family() {
    return new UNetFamily(
        SdVersion.of(checkpoint.family()),
        unet.config(),
        vae.config().latentChannels(),
        prediction,
        levels.levels(),
        levels.kind() == TrainedLevels.Kind.SCALED_LINEAR);
  }

  @Override
  public List<Integer> textWidths() {
    return textEncoders.stream().map(encoder -> encoder.config().width()).toList();
  }

  @Override
  public Map<Network, Map<String, Origin>> patchable() {
    Map<Network, Map<String, Origin>> patchable = new EnumMap<>(Network.class);
    for (int i = 0; i < textEncoders.size(); i++) {
      patchable.put(Network.textEncoder(i), textEncoders.get(i).weights());
    }
    patchable.put(Network.UNET, unet.weights());
    return patchable;
  }
}
