package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.SizeConditions;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.weights.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens checkpoints of every layout and checks that they are models that this version can run. */
public final class CheckpointReader {
  private CheckpointReader() {}

  /** Opens a file or a diffusers folder without a choice of its parts. */
  public static ModelFiles read(Path path) {
    return read(path, CheckpointParts.DEFAULT);
  }

  /** Opens what a caller has opened before. */
  public static ModelFiles read(Checkpoint checkpoint) {
    return read(checkpoint.path(), checkpoint.parts());
  }

  /**
   * Opens a file or a diffusers folder; reads headers only, and of SD 2.x one small tensor.
   *
   * @throws CheckpointException if it is missing or is not a complete model of a known family
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or no tensor file
   */
  public static ModelFiles read(Path path, CheckpointParts parts) {
    if (!Files.exists(path)) {
      throw new CheckpointException(
          "checkpoint '" + path + "' does not exist", ErrorDetails.in(path));
    }
    ModelFiles files =
        Files.isDirectory(path) ? DiffusersFolder.read(path, parts) : SingleFile.read(path, parts);
    if (parts.textEncoder2().isPresent() && files.checkpoint().family() != ModelFamily.SDXL) {
      throw new CheckpointException(
          "checkpoint '%s' is %s, which has one text encoder, but '%s' is named as a second; expected"
                  .formatted(
                      path, files.checkpoint().family().label(), parts.textEncoder2().orElseThrow())
              + " none",
          ErrorDetails.in(path).withFamilies(ModelFamily.SDXL, files.checkpoint().family()));
    }
    return files.with(parts, SeparateNetworks.vaeOf(path, parts));
  }

  /**
   * Opens a model that is to finish the images of another. A file without a VAE is taken to have
   * the other's, since its own would not be used.
   *
   * @param base the other
   * @throws CheckpointException as {@link #read}, or if it works on other latents
   */
  public static ModelFiles readRefiner(Path path, ModelFiles base) {
    ModelFiles refiner =
        Files.isRegularFile(path)
            ? SingleFile.read(path, CheckpointParts.DEFAULT, Optional.of(base.vae()))
            : read(path);
    boolean sameSpace =
        refiner.vae().config().format().equals(base.vae().config().format())
            && refiner.unet().config().inChannels() == base.unet().config().outChannels();
    if (!sameSpace) {
      throw new CheckpointException(
          "refiner '%s' (%s) works on latents of %s channels scaled by %s, but checkpoint '%s' (%s) on %s channels scaled by %s; expected a refiner for the same latent space"
              .formatted(
                  path,
                  refiner.checkpoint().family().label(),
                  refiner.unet().config().inChannels(),
                  refiner.vae().config().latentScale(),
                  base.checkpoint().path(),
                  base.checkpoint().family().label(),
                  base.unet().config().outChannels(),
                  base.vae().config().latentScale()),
          ErrorDetails.in(path)
              .withFamilies(base.checkpoint().family(), refiner.checkpoint().family()));
    }
    return refiner;
  }

  /** Checks what all layouts have in common and finds the weights. */
  static ModelFiles assemble(
      Path path,
      Checkpoint.Layout layout,
      ModelFamily family,
      String sign,
      PredictionSigns prediction,
      List<Network<ClipConfig>> encoders,
      Network<UNetConfig> unet,
      ModelFiles.Part<VaeConfig> vaePart,
      int defaultSide) {
    requireFitting(path, family, encoders, unet.config(), vaePart.config());
    List<ModelFiles.Part<ClipConfig>> encoderParts = new ArrayList<>();
    for (Network<ClipConfig> encoder : encoders) {
      encoderParts.add(encoder.part(encoder.config().weights()));
    }
    ModelFiles.Part<UNetConfig> unetPart = unet.part(unet.config().weights());
    List<Origin> all =
        Stream.concat(
                encoderParts.stream().map(ModelFiles.Part::weights),
                Stream.of(unetPart.weights(), vaePart.weights()))
            .flatMap(weights -> weights.values().stream())
            .toList();
    List<String> signs = new ArrayList<>(List.of(sign));
    signs.add(prediction.told());
    Checkpoint checkpoint =
        Checkpoint.builder(path, family)
            .layout(layout)
            .predictionType(prediction.prediction().type())
            .task(task(unet.config(), vaePart.config()))
            .signs(signs)
            .storage(storage(all))
            .tensors(all.size())
            .parameters(all.stream().mapToLong(origin -> origin.entry().elements()).sum())
            .defaultSize(new ImageSize(defaultSide, defaultSide))
            .build();
    return new ModelFiles(
        checkpoint, encoderParts, unetPart, vaePart, prediction.prediction(), prediction.levels());
  }

  /** The image size that models of a family were made for, if they are of full size. */
  static int defaultSide(ModelFamily family, PredictionSigns prediction, UNetConfig unet) {
    if (unet.channels().get(0) < NetworkShapes.FULL_SIZE_CHANNELS) {
      return 128;
    }
    return switch (family) {
      case SDXL, SDXL_REFINER -> 1024;
      case SD2 -> prediction.prediction() == Prediction.V_PREDICTION ? 768 : 512;
      default -> 512;
    };
  }

  private static Checkpoint.Task task(UNetConfig unet, VaeConfig vae) {
    if (unet.inChannels() == vae.latentChannels()) {
      return Checkpoint.Task.TEXT_TO_IMAGE;
    }
    return unet.isInpainting() ? Checkpoint.Task.INPAINTING : Checkpoint.Task.EDITING;
  }

  private static void requireFitting(
      Path path,
      ModelFamily family,
      List<Network<ClipConfig>> encoders,
      UNetConfig unet,
      VaeConfig vae) {
    int channels = vae.latentChannels();
    if (unet.inChannels() != channels
        && unet.inChannels() != UNetConfig.editingChannels(channels)
        && unet.inChannels() != UNetConfig.inpaintingChannels(channels)) {
      throw unfit(
          path,
          ("its U-Net takes %s channels, but its VAE has latents of %s, expected %s, or %s of an"
                  + " editing model, or %s of an inpainting model; they are probably of different"
                  + " families")
              .formatted(
                  unet.inChannels(),
                  channels,
                  channels,
                  UNetConfig.editingChannels(channels),
                  UNetConfig.inpaintingChannels(channels)));
    }
    if (vae.factor() != 8) {
      throw unfit(path, "its VAE enlarges %s times, expected 8".formatted(vae.factor()));
    }
    int context = encoders.stream().mapToInt(encoder -> encoder.config().width()).sum();
    if (unet.contextWidth() != context) {
      throw unfit(
          path,
          unet.family() == family
              ? "its U-Net reads text states of %s numbers, but its text encoders give %s"
                  .formatted(unet.contextWidth(), context)
              : "its U-Net is that of %s (text states of %s), but its text encoders are those of %s (%s)"
                  .formatted(unet.family().label(), unet.contextWidth(), family.label(), context));
    }
    int pooled = encoders.get(encoders.size() - 1).config().projection();
    if (unet.vectorWidth() > 0) {
      int sizes = unet.vectorWidth() - pooled;
      int count = SizeConditions.count(family);
      if (sizes <= 0 || sizes % (2 * count) != 0) {
        throw unfit(
            path,
            ("its U-Net reads %s numbers beside the text, expected %s of the text as a whole and %s"
                    + " sinusoids of equal length")
                .formatted(unet.vectorWidth(), pooled, count));
      }
    }
  }

  private static CheckpointException unfit(Path path, String problem) {
    return new CheckpointException("checkpoint '" + path + "': " + problem, ErrorDetails.in(path));
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

    ModelFiles.Part<C> part(Map<String, List<Long>> wanted) {
      return new ModelFiles.Part<>(config, tensors.resolve(wanted));
    }
  }
}
