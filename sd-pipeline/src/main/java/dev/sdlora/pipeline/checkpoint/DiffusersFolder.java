package dev.sdlora.pipeline.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.checkpoint.NetworkWeights.Stems;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.LatentFormat;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.SettingsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;

/**
 * Reads a checkpoint folder in the layout of diffusers: a sub-folder for each network with its
 * weights and a {@code config.json}, which tells the few things that shapes do not.
 */
final class DiffusersFolder {
  private static final Names SAME = name -> name;
  private static final List<String> ENCODERS = List.of("text_encoder", "text_encoder_2");

  /** Far more than any configuration has: the side of a latent, attention heads, a factor. */
  private static final int MAX_SAMPLE_SIZE = 1024;

  private static final int MAX_HEADS = 1024;
  private static final double MAX_SCALE = 1e6;

  private DiffusersFolder() {}

  static ModelFiles read(Path folder, CheckpointParts parts) {
    if (!Files.isDirectory(folder.resolve("unet"))) {
      requireNoTransformer(folder);
      throw new CheckpointException(
          "'"
              + folder
              + "' is a folder without a sub-folder 'unet'; expected a checkpoint file or a folder in"
              + " the diffusers layout",
          ErrorDetails.in(folder));
    }
    JsonNode unetConfig = config(folder, "unet");
    requireVariant(folder, parts.variant());
    boolean ownSecond = Files.isDirectory(folder.resolve("text_encoder_2"));
    boolean first =
        Files.isDirectory(folder.resolve("text_encoder"))
            || (parts.textEncoder().isPresent() && !ownSecond);
    boolean second = ownSecond || parts.textEncoder2().isPresent();
    Network<UNetConfig> unet = unet(folder, unetConfig, parts);
    boolean pooled = unet.config().vectorWidth() > 0;
    ModelFamily family = family(unet.config(), first, second);
    if (family == ModelFamily.SDXL && !second) {
      throw new CheckpointException(
          "checkpoint '"
              + folder
              + "' has no sub-folder 'text_encoder_2', the second text encoder that SDXL needs",
          ErrorDetails.in(folder));
    }
    PredictionSigns prediction = prediction(folder);
    int side = 8 * whole(folder, unetConfig, "sample_size", 64, MAX_SAMPLE_SIZE);
    return CheckpointReader.assemble(
        folder,
        Checkpoint.Layout.DIFFUSERS_FOLDER,
        family,
        family.label() + ": the shapes of 'unet' and the sub-folders",
        prediction,
        encoders(folder, family, pooled, parts),
        unet,
        vae(folder, family, unet.config(), parts),
        side);
  }

  /** Later families have a network of another kind, whose tensors tell which family it is. */
  private static void requireNoTransformer(Path folder) {
    Path transformer = folder.resolve("transformer");
    if (Files.isDirectory(transformer)) {
      NetworkWeights weights = NetworkWeights.in(transformer, Stems.DIFFUSERS, Optional.empty());
      OtherModels.find(weights.names())
          .ifPresent(
              other -> {
                throw FileKind.notSupported(folder, other);
              });
    }
  }

  /** The text encoders in the order in which the U-Net reads them; the refiner has the second. */
  private static List<Network<ClipConfig>> encoders(
      Path folder, ModelFamily family, boolean pooled, CheckpointParts parts) {
    List<SingleFileFamily.Place> places = SingleFileFamily.encoders(family);
    List<Network<ClipConfig>> encoders = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      SingleFileFamily.Place place = places.get(i);
      boolean last = i == places.size() - 1;
      String name = pooled && last ? "text_encoder_2" : "text_encoder";
      encoders.add(
          SeparateNetworks.textEncoder(parts, i)
              .map(named -> SeparateNetworks.textEncoder(named, place, pooled && last))
              .orElseGet(() -> clip(folder, name, place.reading(), pooled && last, parts)));
    }
    return encoders;
  }

  private static ModelFamily family(UNetConfig unet, boolean first, boolean second) {
    if (unet.vectorWidth() > 0) {
      return second && !first ? ModelFamily.SDXL_REFINER : ModelFamily.SDXL;
    }
    return unet.linearProjection() ? ModelFamily.SD2 : ModelFamily.SD1;
  }

  /** What the scheduler's settings say; folders without one predict noise. */
  private static PredictionSigns prediction(Path folder) {
    Path file = folder.resolve("scheduler").resolve("scheduler_config.json");
    if (!Files.exists(file)) {
      return PredictionSigns.of(false, TrainedLevels.USUAL, "nothing says otherwise");
    }
    JsonNode settings = json(folder, file);
    String sign = "scheduler_config.json";
    boolean anyLevel = settings.path("_class_name").asText("").startsWith("EDM");
    TrainedLevels levels =
        anyLevel
            ? range(folder, settings)
            : settings.path("rescale_betas_zero_snr").asBoolean(false)
                ? TrainedLevels.ZERO_TERMINAL_SNR
                : TrainedLevels.USUAL;
    String type = settings.path("prediction_type").asText("epsilon");
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
              "checkpoint '%s': its U-Net predicts '%s' says '%s', expected epsilon, v_prediction or sample"
                  .formatted(folder, type, file),
              ErrorDetails.in(file));
    };
  }

  private static TrainedLevels range(Path folder, JsonNode settings) {
    double lowest = settings.path("sigma_min").asDouble(0.002);
    double highest = settings.path("sigma_max").asDouble(80);
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
    JsonNode config = config(folder, name);
    int heads = whole(folder, config, "num_attention_heads", 0, MAX_HEADS);
    ClipConfig.Kind kind = kind(config).orElse(ClipConfig.Kind.OPENAI);
    Pattern layer = Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.");
    return Network.of(
        new FileTensors(
            NetworkWeights.in(folder.resolve(name), Stems.TRANSFORMERS, parts.variant()),
            "text encoder",
            SAME),
        tensors -> NetworkShapes.clip(tensors, layer, heads, kind, reading, pooled));
  }

  /** Whose training a text encoder comes from, if its settings name its activation. */
  static Optional<ClipConfig.Kind> kind(JsonNode config) {
    return Optional.ofNullable(config.path("hidden_act").textValue())
        .map(
            name -> name.equals("quick_gelu") ? ClipConfig.Kind.OPENAI : ClipConfig.Kind.OPEN_CLIP);
  }

  private static Network<UNetConfig> unet(Path folder, JsonNode config, CheckpointParts parts) {
    FileTensors tensors =
        new FileTensors(
            NetworkWeights.in(folder.resolve("unet"), Stems.DIFFUSERS, parts.variant()),
            "U-Net",
            SAME);
    return new Network<>(
        NetworkShapes.unet(tensors, UNetBlocks.ofDiffusers(tensors), heads(folder, config)),
        tensors);
  }

  /**
   * In most configurations the key with the name of a head's width holds the number of heads; a few
   * give that under its own name too, which counts then.
   */
  private static IntUnaryOperator heads(Path folder, JsonNode config) {
    String key =
        config.hasNonNull("num_attention_heads") ? "num_attention_heads" : "attention_head_dim";
    JsonNode given = config.path(key);
    if (!given.isArray()) {
      int number = whole(folder, config, key, 8, MAX_HEADS);
      return channels -> number;
    }
    JsonNode channels = config.path("block_out_channels");
    Map<Integer, Integer> byWidth = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      int number = given.get(i).asInt();
      if (number < 1 || number > MAX_HEADS) {
        throw new CheckpointException(
            "checkpoint '%s': a config.json has %s %s, expected whole numbers from 1"
                    .formatted(folder, key, given)
                + " to "
                + MAX_HEADS,
            ErrorDetails.in(folder));
      }
      byWidth.put(channels.path(i).asInt(), number);
    }
    return width -> byWidth.getOrDefault(width, 1);
  }

  private static ModelFiles.Part<VaeConfig> vae(
      Path folder, ModelFamily family, UNetConfig unet, CheckpointParts parts) {
    LatentFormat format = latentFormat(folder, family);
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

  /** What the settings of the folder's VAE say, or what is usual where it has none. */
  private static LatentFormat latentFormat(Path folder, ModelFamily family) {
    if (!Files.exists(folder.resolve("vae").resolve("config.json"))) {
      return LatentFormat.scaledBy(NetworkShapes.latentScale(family));
    }
    double scale =
        config(folder, "vae").path("scaling_factor").asDouble(NetworkShapes.latentScale(family));
    if (!(scale > 0 && scale < MAX_SCALE)) {
      throw new CheckpointException(
          "checkpoint '%s': the config.json of its VAE has scaling_factor %s, expected a factor such"
                  .formatted(folder, scale)
              + " as "
              + NetworkShapes.latentScale(family),
          ErrorDetails.in(folder));
    }
    return new LatentFormat(scale, numbers(folder, "latents_mean"), numbers(folder, "latents_std"));
  }

  /** A list of the VAE's settings, one number for each channel of a latent; mostly not there. */
  private static List<Double> numbers(Path folder, String key) {
    List<Double> numbers = new ArrayList<>();
    config(folder, "vae").path(key).forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }

  /** A whole number of a configuration, or what counts where there is none. */
  private static int whole(Path folder, JsonNode config, String key, int usual, int most) {
    JsonNode number = config.path(key);
    if (number.isMissingNode() || number.isNull()) {
      return usual;
    }
    if (!number.canConvertToExactIntegral() || number.asInt() < 1 || number.asInt() > most) {
      throw new CheckpointException(
          "checkpoint '%s': a config.json has %s %s, expected a whole number from 1 to %s"
              .formatted(folder, key, number, most),
          ErrorDetails.in(folder));
    }
    return number.asInt();
  }

  private static JsonNode config(Path folder, String network) {
    return json(folder, folder.resolve(network).resolve("config.json"));
  }

  private static JsonNode json(Path folder, Path file) {
    try {
      return SettingsJson.read(file);
    } catch (IOException e) {
      throw new CheckpointException(
          "checkpoint '" + folder + "': '" + file + "' cannot be read: " + e.getMessage(),
          ErrorDetails.in(file),
          e);
    }
  }

  /** Makes sure that a variant is there for one network at least, so that a wrong name is told. */
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
          "checkpoint '%s' has no weights of variant '%s': expected files such as '%s'"
              .formatted(
                  folder,
                  variant.get(),
                  Path.of("unet", "diffusion_pytorch_model." + variant.get() + ".safetensors")),
          ErrorDetails.in(folder));
    }
  }
}
