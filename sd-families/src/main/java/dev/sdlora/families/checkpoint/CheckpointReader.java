package dev.sdlora.families.checkpoint;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.CheckpointBuilder;
import dev.sdlora.families.KnownModels;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.sd.SdVersion;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.StoredFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Opens checkpoints of every layout and checks that this version can run them. */
public final class CheckpointReader {
  private CheckpointReader() {}

  /** Opens a checkpoint of any family that the caller has already opened. */
  public static ModelFiles open(Checkpoint checkpoint) {
    return open(checkpoint.path(), checkpoint.parts());
  }

  /**
   * Opens a file or a diffusers folder of any family.
   *
   * @throws CheckpointException if it is missing or is not a complete model of a known family
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or is not a tensor file
   */
  public static ModelFiles open(Path path, CheckpointParts parts) {
    requireExisting(path);
    return TransformerReader.read(path, parts)
        .<ModelFiles>map(model -> model)
        .orElseGet(() -> readUNet(path, parts));
  }

  /** Opens a model with a U-Net with default parts. */
  public static UNetFiles read(Path path) {
    return read(path, CheckpointParts.DEFAULT);
  }

  /** Reads a model with a U-Net that the caller has already opened. */
  public static UNetFiles read(Checkpoint checkpoint) {
    return read(checkpoint.path(), checkpoint.parts());
  }

  /**
   * Opens a model with a U-Net, for work that needs one. Reads only headers, and one small tensor
   * for SD 2.x.
   *
   * @throws CheckpointException if it is missing, is not a complete model of a known family, or has
   *     a transformer
   * @throws dev.sdlora.api.error.TensorFileException if a file is damaged or is not a tensor file
   */
  public static UNetFiles read(Path path, CheckpointParts parts) {
    requireUNet(path, parts);
    return readUNet(path, parts);
  }

  private static void requireUNet(Path path, CheckpointParts parts) {
    requireExisting(path);
    KnownModels.recognise(path, parts)
        .ifPresent(
            family -> {
              throw new CheckpointException(
                  "checkpoint '%s' is %s, whose denoiser is a transformer; training and refining need a U-Net: expected SD 1.x, SD 2.x or SDXL"
                      .formatted(path, family.label()),
                  ErrorDetails.in(path));
            });
  }

  private static void requireExisting(Path path) {
    if (!Files.exists(path)) {
      throw new CheckpointException(
          "checkpoint '" + path + "' does not exist", ErrorDetails.in(path));
    }
  }

  private static UNetFiles readUNet(Path path, CheckpointParts parts) {
    UNetFiles files =
        Files.isDirectory(path) ? DiffusersFolder.read(path, parts) : SingleFile.read(path, parts);
    if (parts.textEncoder2().isPresent() && files.textEncoders().size() < 2) {
      throw new CheckpointException(
          "checkpoint '%s' is %s, which has one text encoder, but '%s' was given as a second one; expected"
                  .formatted(
                      path, files.checkpoint().family().label(), parts.textEncoder2().orElseThrow())
              + " none",
          ErrorDetails.in(path)
              .withFamilies(SdVersion.ofTwoEncoders().family(), files.checkpoint().family()));
    }
    parts
        .textEncoder3()
        .ifPresent(
            third -> {
              throw new CheckpointException(
                  "checkpoint '%s' is %s, but '%s' was given as a third text encoder; expected none"
                      .formatted(path, files.checkpoint().family().label(), third),
                  ErrorDetails.in(path));
            });
    return files.with(parts, SeparateNetworks.vaeOf(path, parts));
  }

  /**
   * Opens a refiner: a model that finishes the images of another model. A file without a VAE gets
   * the base model's VAE, because a refiner's own VAE is never used.
   *
   * @param opened the model whose images are refined
   * @throws CheckpointException as {@link #read}, or if the refiner uses another latent space
   */
  public static UNetFiles readRefiner(Path path, ModelFiles opened) {
    if (!(opened instanceof UNetFiles base)) {
      throw new CheckpointException(
          "refiner '%s' finishes images of a U-Net, but checkpoint '%s' is %s; expected no refiner"
              .formatted(path, opened.checkpoint().path(), opened.checkpoint().family().label()),
          ErrorDetails.in(path));
    }
    requireUNet(path, CheckpointParts.DEFAULT);
    UNetFiles refiner =
        Files.isRegularFile(path)
            ? SingleFile.read(path, CheckpointParts.DEFAULT, Optional.of(base.vae()))
            : readUNet(path, CheckpointParts.DEFAULT);
    boolean sameSpace =
        refiner.vae().config().format().equals(base.vae().config().format())
            && refiner.unet().config().inChannels() == base.unet().config().outChannels();
    if (!sameSpace) {
      throw new CheckpointException(
          "refiner '%s' (%s) uses latents with %s channels scaled by %s, but checkpoint '%s' (%s) uses %s channels scaled by %s; expected a refiner for the same latent space"
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

  /** Runs the checks that all layouts share and finds the weights. */
  static UNetFiles assemble(
      Path path,
      boolean folder,
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
    signs.add(prediction.explanation());
    CheckpointBuilder builder =
        new CheckpointBuilder(path, family)
            .folder(folder)
            .predictionType(prediction.prediction().type())
            .task(task(unet.config(), vaePart.config()))
            .signs(signs)
            .storage(storage(all))
            .weightBytes(weightBytes(all))
            .tensors(all.size())
            .parameters(all.stream().mapToLong(origin -> origin.entry().elements()).sum())
            .defaultSize(new ImageSize(defaultSide, defaultSide));
    if (isSmall(unet.config())) {
      builder.guessedSize(new ImageSize(defaultSide, defaultSide));
    }
    return new UNetFiles(
        builder.build(),
        encoderParts,
        unetPart,
        vaePart,
        prediction.prediction(),
        prediction.levels());
  }

  /**
   * Returns the image size that full-size models of a family were trained for; 128 for smaller
   * models.
   */
  static int defaultSide(ModelFamily family, PredictionSigns prediction, UNetConfig unet) {
    if (isSmall(unet)) {
      return 128;
    }
    return SdVersion.of(family).side(prediction.prediction());
  }

  private static boolean isSmall(UNetConfig unet) {
    return unet.channels().get(0) < NetworkShapes.FULL_SIZE_CHANNELS;
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
          "its U-Net takes %s channels, but its VAE has latents of %s; expected %s, or %s for an editing model, or %s for an inpainting model; they are probably from different families"
              .formatted(
                  unet.inChannels(),
                  channels,
                  channels,
                  UNetConfig.editingChannels(channels),
                  UNetConfig.inpaintingChannels(channels)));
    }
    if (vae.factor() != 8) {
      throw unfit(path, "its VAE upscales by a factor of %s, expected 8".formatted(vae.factor()));
    }
    int context = encoders.stream().mapToInt(encoder -> encoder.config().width()).sum();
    if (unet.contextWidth() != context) {
      throw unfit(
          path,
          SdVersion.of(unet).family() == family
              ? "its U-Net expects text states of width %s, but its text encoders give %s"
                  .formatted(unet.contextWidth(), context)
              : "its U-Net is for %s (text states of width %s), but its text encoders are for %s (%s)"
                  .formatted(
                      SdVersion.of(unet).family().label(),
                      unet.contextWidth(),
                      family.label(),
                      context));
    }
    int pooled = encoders.get(encoders.size() - 1).config().projection();
    if (unet.vectorWidth() > 0) {
      int sizes = unet.vectorWidth() - pooled;
      int count = SdVersion.of(family).sizes();
      if (sizes <= 0 || sizes % (2 * count) != 0) {
        throw unfit(
            path,
            "its U-Net reads %s values in addition to the text, expected %s for the pooled text and %s sinusoids of equal length"
                .formatted(unet.vectorWidth(), pooled, count));
      }
    }
  }

  private static CheckpointException unfit(Path path, String problem) {
    return new CheckpointException("checkpoint '" + path + "': " + problem, ErrorDetails.in(path));
  }

  /** Returns the format that holds most of the parameters, such as float16 or Q4_K. */
  static String storage(List<Origin> origins) {
    Map<String, Long> sizes =
        origins.stream()
            .collect(
                Collectors.groupingBy(
                    origin -> origin.file().storage(origin.entry()),
                    Collectors.summingLong(origin -> origin.entry().elements())));
    return sizes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  /** Returns about how many bytes weights take in memory as their files store them. */
  static long weightBytes(List<Origin> origins) {
    long bytes = 0;
    for (Origin origin : origins) {
      long wide = ScalarType.BFLOAT16.bytes() * origin.entry().elements();
      bytes +=
          origin.shape().size() < 2
              ? wide
              : StoredFormat.of(origin).map(format -> format.bytes(origin)).orElse(wide);
    }
    return bytes;
  }

  /** A network's dimensions, and the tensors from which they were read. */
  record Network<C>(C config, FileTensors tensors) {
    static <C> Network<C> of(FileTensors tensors, Function<FileTensors, C> config) {
      return new Network<>(config.apply(tensors), tensors);
    }

    ModelFiles.Part<C> part(Map<String, List<Long>> wanted) {
      return new ModelFiles.Part<>(config, tensors.resolve(wanted));
    }
  }
}
