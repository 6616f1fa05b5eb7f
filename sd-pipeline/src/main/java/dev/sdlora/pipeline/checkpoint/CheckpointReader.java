package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens checkpoints of every layout and checks that they are models that this version can run. */
public final class CheckpointReader {
  private CheckpointReader() {}

  /**
   * Opens a file or a diffusers folder; reads headers only.
   *
   * @throws CheckpointException if it is missing or is not a complete SD 1.x model
   * @throws dev.sdlora.api.TensorFileException if a file is damaged or no tensor file
   */
  public static ModelFiles read(Path path) {
    if (!Files.exists(path)) {
      throw new CheckpointException(
          "checkpoint '" + path + "' does not exist", ErrorDetails.in(path));
    }
    return Files.isDirectory(path) ? DiffusersFolder.read(path) : SingleFile.read(path);
  }

  /** Checks what all layouts have in common and finds the weights. */
  static ModelFiles assemble(
      Path path,
      Checkpoint.Layout layout,
      Network<ClipConfig> clip,
      Network<UNetConfig> unet,
      Network<VaeConfig> vae,
      int defaultSide) {
    int channels = vae.config().latentChannels();
    if (unet.config().inChannels() != channels
        && unet.config().inChannels() != UNetConfig.inpaintingChannels(channels)) {
      throw new CheckpointException(
          "checkpoint '%s': its U-Net takes %s channels, expected %s, or %s of an inpainting model;"
                  .formatted(
                      path,
                      unet.config().inChannels(),
                      channels,
                      UNetConfig.inpaintingChannels(channels))
              + " it is probably an editing model, which this version cannot run",
          ErrorDetails.in(path));
    }
    if (vae.config().factor() != 8) {
      throw new CheckpointException(
          "checkpoint '%s': its VAE enlarges %s times, expected 8"
              .formatted(path, vae.config().factor()),
          ErrorDetails.in(path));
    }
    Map<String, Origin> clipWeights = clip.tensors().resolve(clip.config().weights());
    Map<String, Origin> unetWeights = unet.tensors().resolve(unet.config().weights());
    Map<String, Origin> vaeWeights = vae.tensors().resolve(vae.config().weights());
    List<Origin> all =
        Stream.of(clipWeights, unetWeights, vaeWeights).flatMap(m -> m.values().stream()).toList();
    Checkpoint checkpoint =
        Checkpoint.builder(path, ModelFamily.SD1)
            .layout(layout)
            .storage(storage(all))
            .tensors(all.size())
            .parameters(all.stream().mapToLong(origin -> origin.entry().elements()).sum())
            .defaultSize(new ImageSize(defaultSide, defaultSide))
            .build();
    return new ModelFiles(
        checkpoint,
        clip.config(),
        unet.config(),
        vae.config(),
        Prediction.EPSILON,
        clipWeights,
        unetWeights,
        vaeWeights);
  }

  /** The number format that holds most of the parameters. */
  private static String storage(List<Origin> origins) {
    Map<String, Long> sizes =
        origins.stream()
            .collect(
                Collectors.groupingBy(
                    origin -> origin.entry().dtype().label(),
                    Collectors.summingLong(origin -> origin.entry().elements())));
    return sizes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  /** A network's dimensions with the tensors that they were read off. */
  record Network<C>(C config, FileTensors tensors) {
    static <C> Network<C> of(FileTensors tensors, Function<FileTensors, C> config) {
      return new Network<>(config.apply(tensors), tensors);
    }
  }
}
