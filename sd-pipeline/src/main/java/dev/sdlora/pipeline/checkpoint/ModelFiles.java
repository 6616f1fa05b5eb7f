package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint that has been checked: what its networks look like and where each weight lies.
 *
 * @param checkpoint what the caller sees
 * @param clip the text encoder
 * @param unet the U-Net
 * @param vae the autoencoder
 * @param prediction what the U-Net predicts
 * @param clipWeights where its weights lie
 * @param unetWeights where its weights lie
 * @param vaeWeights where its weights lie
 */
public record ModelFiles(
    Checkpoint checkpoint,
    ClipConfig clip,
    UNetConfig unet,
    VaeConfig vae,
    Prediction prediction,
    Map<String, Origin> clipWeights,
    Map<String, Origin> unetWeights,
    Map<String, Origin> vaeWeights) {

  /** How many numbers the weights of the U-Net are. */
  public long unetSize() {
    return unetWeights.values().stream().mapToLong(origin -> origin.entry().elements()).sum();
  }

  /** The same with a note of the parts that it is put together from. */
  ModelFiles with(CheckpointParts parts, Optional<Path> vaeFile) {
    Checkpoint.Builder noted = checkpoint.toBuilder().parts(parts);
    vaeFile.ifPresent(noted::vae);
    return new ModelFiles(
        noted.build(), clip, unet, vae, prediction, clipWeights, unetWeights, vaeWeights);
  }

  /** The same with a U-Net that predicts something else. */
  ModelFiles predicting(Prediction other) {
    return new ModelFiles(checkpoint, clip, unet, vae, other, clipWeights, unetWeights, vaeWeights);
  }
}
