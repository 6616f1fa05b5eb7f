package dev.sdlora.families.checkpoint;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.KnownModels;
import dev.sdlora.families.checkpoint.CheckpointReader.Network;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.FolderSettings;
import dev.sdlora.families.checkpoint.layout.Names;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.checkpoint.layout.TrainedLevels;
import dev.sdlora.families.checkpoint.layout.UNetBlocks;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.stored.NetworkWeights.Stems;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.sd.EncoderPlace;
import dev.sdlora.families.sd.SdVersion;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads a checkpoint folder in the diffusers layout: one sub-folder per network with its weights
 * and a {@code config.json}, which holds the few settings that tensor shapes do not show.
 */
final class DiffusersFolder {
  private static final Names SAME = name -> name;
  private static final List<String> ENCODERS = List.of("text_encoder", "text_encoder_2");

  /** Upper bound, far more than any configuration has; limits the latent's side and a factor. */
  private static final int MAX_SAMPLE_SIZE = 1024;

  private static final double MAX_SCALE = 1e6;

  private DiffusersFolder() {}

  static UNetFiles read(Path folder, CheckpointParts parts) {
    if (!Files.isDirectory(folder.resolve("unet"))) {
      requireNoTransformer(folder);
      throw new CheckpointException(
          "'"
              + folder
              + "' is a folder without a sub-folder 'unet'; expected a checkpoint file or a folder"
              + " in the diffusers layout",
          ErrorDetails.in(folder));
    }
    FolderSettings settings = FolderSettings.of(folder, "unet");
    requireVariant(folder, parts.variant());
    boolean ownSecond = Files.isDirectory(folder.resolve("text_encoder_2"));
    boolean first =
        Files.isDirectory(folder.resolve("text_encoder"))
            || (parts.textEncoder().isPresent() && !ownSecond);
    boolean second = ownSecond || parts.textEncoder2().isPresent();
    Network<UNetConfig> unet = unet(folder, settings, parts);
    boolean pooled = unet.config().vectorWidth() > 0;
    SdVersion version = SdVersion.of(unet.config(), first, second);
    if (version.encoders().size() > 1 && !second) {
      throw new CheckpointException(
          "checkpoint '"
              + folder
              + "' has no sub-folder 'text_encoder_2', the second text encoder that SDXL needs",
          ErrorDetails.in(folder));
    }
    PredictionSigns prediction = prediction(folder);
    int side = 8 * settings.whole("sample_size", 64, MAX_SAMPLE_SIZE);
    return CheckpointReader.assemble(
        folder,
        true,
        version.family(),
        version.family().label() + ": the shapes of 'unet' and the sub-folders",
        prediction,
        encoders(folder, version, pooled, parts),
        unet,
        vae(folder, version, unet.config(), parts),
        side);
  }

  /** Rejects later families, whose transformer's tensors show which family it is. */
  private static void requireNoTransformer(Path folder) {
    Path transformer = folder.resolve("transformer");
    if (Files.isDirectory(transformer)) {
      NetworkWeights weights = NetworkWeights.in(transformer, Stems.DIFFUSERS, Optional.empty());
      KnownModels.find(weights.tensors())
          .ifPresent(
              other -> {
                throw FileKind.notSupported(folder, other.name());
              });
    }
  }

  /**
   * Returns the text encoders in the order in which the U-Net reads them; the refiner has only the
   * second.
   */
  private static List<Network<ClipConfig>> encoders(
      Path folder, SdVersion version, boolean pooled, CheckpointParts parts) {
    List<EncoderPlace> places = version.encoders();
    List<Network<ClipConfig>> encoders = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      EncoderPlace place = places.get(i);
      boolean last = i == places.size() - 1;
      String name = pooled && last ? "text_encoder_2" : "text_encoder";
      encoders.add(
          SeparateNetworks.textEncoder(parts, i)
              .map(named -> SeparateNetworks.textEncoder(named, place, pooled && last))
              .orElseGet(() -> clip(folder, name, place.reading(), pooled && last, parts)));
    }
    return encoders;
  }

  /**
   * Returns the prediction type from the scheduler's settings; folders without settings predict
   * noise.
   */
  private static PredictionSigns prediction(Path folder) {
    Path file = folder.resolve("scheduler").resolve("scheduler_config.json");
    if (!Files.exists(file)) {
      return PredictionSigns.of(false, TrainedLevels.USUAL, "the default");
    }
    FolderSettings settings = FolderSettings.read(folder, file);
    String sign = "scheduler_config.json";
    boolean anyLevel = settings.text("_class_name", "").startsWith("EDM");
    TrainedLevels levels =
        anyLevel
            ? range(folder, settings)
            : settings.isTrue("rescale_betas_zero_snr")
                ? TrainedLevels.ZERO_TERMINAL_SNR
                : TrainedLevels.USUAL;
    String type = settings.text("prediction_type", "epsilon");
    return switch (type) {
      case "epsilon" ->
          anyLevel
              ? new PredictionSigns(Prediction.EDM, levels, "EDM prediction: " + sign)
              : PredictionSigns.of(false, levels, sign);
      case "v_prediction" ->
          anyLevel
              ? new PredictionSigns(
                  Prediction.EDM_V, levels, "v-prediction with EDM levels: " + sign)
              : PredictionSigns.of(true, levels, sign);
      case "sample" -> new PredictionSigns(Prediction.SAMPLE, levels, "sample prediction: " + sign);
      default ->
          throw new CheckpointException(
              "checkpoint '%s': unknown prediction type '%s' in '%s', expected epsilon, v_prediction or sample"
                  .formatted(folder, type, file),
              ErrorDetails.in(file));
    };
  }

  private static TrainedLevels range(Path folder, FolderSettings settings) {
    double lowest = settings.number("sigma_min", 0.002);
    double highest = settings.number("sigma_max", 80);
    if (!(lowest > 0 && highest > lowest && highest < MAX_SCALE)) {
      throw new CheckpointException(
          "checkpoint '%s': scheduler_config.json has noise levels from %s to %s, expected a range"
                  .formatted(folder, lowest, highest)
              + " above 0",
          ErrorDetails.in(folder));
    }
    return TrainedLevels.edm(lowest, highest);
  }

  private static Network<ClipConfig> clip(
      Path folder, String name, ClipConfig.Reading reading, boolean pooled, CheckpointParts parts) {
    FolderSettings settings = FolderSettings.of(folder, name);
    int heads = settings.whole("num_attention_heads", 0, FolderSettings.MAX_HEADS);
    ClipConfig.Kind kind = settings.textEncoderKind().orElse(ClipConfig.Kind.OPENAI);
    Pattern layer = Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.");
    return Network.of(
        new FileTensors(
            NetworkWeights.in(folder.resolve(name), Stems.TRANSFORMERS, parts.variant()),
            "text encoder",
            SAME),
        tensors -> NetworkShapes.clip(tensors, layer, heads, kind, reading, pooled));
  }

  private static Network<UNetConfig> unet(
      Path folder, FolderSettings settings, CheckpointParts parts) {
    FileTensors tensors =
        new FileTensors(
            NetworkWeights.in(folder.resolve("unet"), Stems.DIFFUSERS, parts.variant()),
            "U-Net",
            SAME);
    return new Network<>(
        NetworkShapes.unet(tensors, UNetBlocks.ofDiffusers(tensors), settings.unetHeads()),
        tensors);
  }

  private static ModelFiles.Part<VaeConfig> vae(
      Path folder, SdVersion version, UNetConfig unet, CheckpointParts parts) {
    LatentFormat format = latentFormat(folder, version);
    return parts
        .vae()
        .map(named -> SeparateNetworks.vae(named, unet, format))
        .orElseGet(
            () -> {
              Network<VaeConfig> vae =
                  VaeNames.diffusers(
                      NetworkWeights.in(folder.resolve("vae"), Stems.DIFFUSERS, parts.variant()),
                      format);
              return vae.part(vae.config().weights());
            });
  }

  /**
   * Returns the latent format from the VAE's settings, or the family's usual format if there are
   * none.
   */
  private static LatentFormat latentFormat(Path folder, SdVersion version) {
    if (!Files.exists(folder.resolve("vae").resolve("config.json"))) {
      return LatentFormat.scaledBy(version.latentScale());
    }
    FolderSettings settings = FolderSettings.of(folder, "vae");
    double scale = settings.number("scaling_factor", version.latentScale());
    if (!(scale > 0 && scale < MAX_SCALE)) {
      throw new CheckpointException(
          "checkpoint '%s': the config.json of its VAE has scaling_factor %s, expected a factor such"
                  .formatted(folder, scale)
              + " as "
              + version.latentScale(),
          ErrorDetails.in(folder));
    }
    return new LatentFormat(
        scale, settings.numbers("latents_mean"), settings.numbers("latents_std"));
  }

  /** Throws if no network has weights of the variant, so that a misspelled name is reported. */
  private static void requireVariant(Path folder, Optional<String> variant) {
    if (variant.isPresent()
        && !NetworkWeights.hasVariant(folder.resolve("unet"), Stems.DIFFUSERS, variant.get())
        && !NetworkWeights.hasVariant(folder.resolve("vae"), Stems.DIFFUSERS, variant.get())
        && ENCODERS.stream()
            .noneMatch(
                name ->
                    NetworkWeights.hasVariant(
                        folder.resolve(name), Stems.TRANSFORMERS, variant.get()))) {
      throw new CheckpointException(
          "checkpoint '%s' has no weights of variant '%s', expected files such as '%s'"
              .formatted(
                  folder,
                  variant.get(),
                  Path.of("unet", "diffusion_pytorch_model." + variant.get() + ".safetensors")),
          ErrorDetails.in(folder));
    }
  }
}
