package dev.sdlora.pipeline.control;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.families.network.control.T2iAdapterConfig;
import dev.sdlora.families.sd.SdVersion;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks that networks fit a model.
 *
 * @param checkpoint the model
 * @param unet its U-Net
 */
record Fitting(Checkpoint checkpoint, UNetConfig unet) {

  /**
   * Checks a ControlNet.
   *
   * @throws CheckpointException if it is for another family or another U-Net
   */
  void require(Path file, ControlNetConfig config) {
    UNetConfig own = config.unet();
    if (!own.fitsBeside(unet)) {
      boolean sameText = own.contextWidth() == unet.contextWidth();
      throw unfit(
          "ControlNet",
          file,
          SdVersion.of(own).family(),
          sameText ? shape(own) : text(own),
          sameText ? shape(unet) : text(unet));
    }
  }

  /**
   * Checks a T2I-Adapter.
   *
   * @throws CheckpointException if it is for another family or another U-Net
   */
  void require(Path file, T2iAdapterConfig config) {
    if (!config.fitsBeside(unet)) {
      throw unfit(
          "T2I-Adapter",
          file,
          SdVersion.of(config).family(),
          channels(config.channels()),
          channels(unet.channels()));
    }
  }

  private static String text(UNetConfig unet) {
    return "text states of width " + unet.contextWidth();
  }

  private static String shape(UNetConfig unet) {
    return "%s blocks per level, %s%s"
        .formatted(
            unet.layers(),
            channels(unet.channels()),
            unet.vectorWidth() > 0 ? ", a vector of " + unet.vectorWidth() : "");
  }

  private static String channels(List<Integer> channels) {
    return "channels " + channels;
  }

  private CheckpointException unfit(
      String kind, Path file, ModelFamily family, String found, String expected) {
    return new CheckpointException(
        "%s '%s' is for %s (%s), but checkpoint '%s' is %s (%s)"
            .formatted(
                kind,
                file,
                family == checkpoint.family()
                    ? "another " + family.label() + " model"
                    : family.label(),
                found,
                checkpoint.name(),
                checkpoint.family().label(),
                expected),
        ErrorDetails.in(file).withFamilies(checkpoint.family(), family));
  }
}
