package dev.sdlora.pipeline.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.LatentFormat;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.SettingsJson;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import java.util.regex.Pattern;

/**
 * Reads a checkpoint folder in the layout of diffusers: a sub-folder for each network with its
 * weights and a {@code config.json}, which tells the few things that shapes do not.
 */
final class DiffusersFolder {
  private static final Names SAME = name -> name;

  /** The attention of the VAE before diffusers 0.18. */
  private static final Map<String, String> OLD_VAE_ATTENTION =
      Map.of("to_q", "query", "to_k", "key", "to_v", "value", "to_out.0", "proj_attn");

  private static final Pattern VAE_ATTENTION =
      Pattern.compile("attentions\\.0\\.(to_\\w+(?:\\.0)?)\\.");

  /** Far more than any configuration has: the side of a latent, attention heads, a factor. */
  private static final int MAX_SAMPLE_SIZE = 1024;

  private static final int MAX_HEADS = 1024;
  private static final double MAX_SCALE = 1e6;

  private DiffusersFolder() {}

  static ModelFiles read(Path folder) {
    if (!Files.isDirectory(folder.resolve("unet"))) {
      throw new CheckpointException(
          "'"
              + folder
              + "' is a folder without a sub-folder 'unet'; expected a checkpoint file or a folder in"
              + " the diffusers layout",
          ErrorDetails.in(folder));
    }
    JsonNode unetConfig = config(folder, "unet");
    boolean first = Files.isDirectory(folder.resolve("text_encoder"));
    boolean second = Files.isDirectory(folder.resolve("text_encoder_2"));
    Network<UNetConfig> unet = unet(folder, unetConfig);
    boolean pooled = unet.config().vectorWidth() > 0;
    ModelFamily family = family(unet.config(), first, second);
    if (family == ModelFamily.SDXL && !second) {
      throw new CheckpointException(
          "checkpoint '"
              + folder
              + "' has no sub-folder 'text_encoder_2', the second text encoder that SDXL needs",
          ErrorDetails.in(folder));
    }
    ClipConfig.Reading reading = pooled ? ClipConfig.Reading.PENULTIMATE : ClipConfig.Reading.LAST;
    List<Network<ClipConfig>> encoders = new ArrayList<>();
    if (first || !second) {
      encoders.add(clip(folder, "text_encoder", reading, false));
    }
    if (second) {
      encoders.add(clip(folder, "text_encoder_2", reading, pooled));
    }
    PredictionSigns prediction = prediction(folder);
    Network<VaeConfig> vae = vae(folder, family);
    int side = 8 * whole(folder, unetConfig, "sample_size", 64, MAX_SAMPLE_SIZE);
    return CheckpointReader.assemble(
        folder,
        Checkpoint.Layout.DIFFUSERS_FOLDER,
        family,
        family.label() + ": the shapes of 'unet' and the sub-folders",
        prediction,
        encoders,
        unet,
        vae.part(vae.config().weights()),
        side);
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
    String type = settings.path("prediction_type").asText("epsilon");
    if (!type.equals("epsilon") && !type.equals("v_prediction")) {
      throw new CheckpointException(
          "checkpoint '"
              + folder
              + "': its U-Net predicts '"
              + type
              + "' says '"
              + file
              + "', expected epsilon or v_prediction",
          ErrorDetails.in(file));
    }
    boolean velocity = type.equals("v_prediction");
    String sign = "scheduler_config.json";
    if (settings.path("_class_name").asText("").startsWith("EDM")) {
      TrainedLevels range = range(folder, settings);
      return velocity
          ? new PredictionSigns(Prediction.EDM_V, range, "v-prediction with EDM levels: " + sign)
          : new PredictionSigns(Prediction.EDM, range, "EDM prediction: " + sign);
    }
    return PredictionSigns.of(
        velocity,
        settings.path("rescale_betas_zero_snr").asBoolean(false)
            ? TrainedLevels.ZERO_TERMINAL_SNR
            : TrainedLevels.USUAL,
        sign);
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
      Path folder, String name, ClipConfig.Reading reading, boolean pooled) {
    JsonNode config = config(folder, name);
    int heads = whole(folder, config, "num_attention_heads", 0, MAX_HEADS);
    ClipConfig.Kind kind =
        config.path("hidden_act").asText("quick_gelu").equals("quick_gelu")
            ? ClipConfig.Kind.OPENAI
            : ClipConfig.Kind.OPEN_CLIP;
    Pattern layer = Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.");
    return Network.of(
        new FileTensors(weights(folder, name, "model"), "text encoder", SAME),
        tensors -> NetworkShapes.clip(tensors, layer, heads, kind, reading, pooled));
  }

  private static Network<UNetConfig> unet(Path folder, JsonNode config) {
    FileTensors tensors =
        new FileTensors(weights(folder, "unet", "diffusion_pytorch_model"), "U-Net", SAME);
    return new Network<>(
        NetworkShapes.unet(tensors, UNetBlocks.ofDiffusers(tensors), heads(folder, config)),
        tensors);
  }

  /** In configurations the key with the name of a head's width holds the number of heads. */
  private static IntUnaryOperator heads(Path folder, JsonNode config) {
    JsonNode given = config.path("attention_head_dim");
    if (!given.isArray()) {
      int number = whole(folder, config, "attention_head_dim", 8, MAX_HEADS);
      return channels -> number;
    }
    JsonNode channels = config.path("block_out_channels");
    Map<Integer, Integer> byWidth = new HashMap<>();
    for (int i = 0; i < given.size(); i++) {
      int number = given.get(i).asInt();
      if (number < 1 || number > MAX_HEADS) {
        throw new CheckpointException(
            "checkpoint '%s': a config.json has attention_head_dim %s, expected whole numbers from 1"
                    .formatted(folder, given)
                + " to "
                + MAX_HEADS,
            ErrorDetails.in(folder));
      }
      byWidth.put(channels.path(i).asInt(), number);
    }
    return width -> byWidth.getOrDefault(width, 1);
  }

  private static Network<VaeConfig> vae(Path folder, ModelFamily family) {
    TensorFile file = weights(folder, "vae", "diffusion_pytorch_model");
    boolean old = file.tensors().keySet().stream().anyMatch(name -> name.contains(".proj_attn."));
    Names names = old ? DiffusersFolder::oldVaeName : SAME;
    FileTensors tensors = new FileTensors(file, "VAE", names);
    int levels =
        tensors.count(
            Pattern.compile("encoder\\.down_blocks\\.(\\d+)\\."), NetworkShapes.MAX_LEVELS);
    int layers =
        tensors.count(
            Pattern.compile("encoder\\.down_blocks\\.0\\.resnets\\.(\\d+)\\."),
            NetworkShapes.MAX_LAYERS);
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
    LatentFormat format =
        new LatentFormat(scale, numbers(folder, "latents_mean"), numbers(folder, "latents_std"));
    return new Network<>(NetworkShapes.vae(tensors, levels, layers, format), tensors);
  }

  /** A list of the VAE's settings, one number for each channel of a latent; mostly not there. */
  private static List<Double> numbers(Path folder, String key) {
    List<Double> numbers = new ArrayList<>();
    config(folder, "vae").path(key).forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }

  private static String oldVaeName(String name) {
    return VAE_ATTENTION
        .matcher(name)
        .replaceFirst(part -> "attentions.0." + OLD_VAE_ATTENTION.get(part.group(1)) + ".");
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

  /** The weights of a network, in full precision if there, else in half. */
  private static TensorFile weights(Path folder, String network, String stem) {
    Path full = folder.resolve(network).resolve(stem + ".safetensors");
    Path half = folder.resolve(network).resolve(stem + ".fp16.safetensors");
    Path file = !Files.exists(full) && Files.exists(half) ? half : full;
    if (!Files.exists(file)) {
      throw new CheckpointException(
          "checkpoint '"
              + folder
              + "': '"
              + file
              + "' is missing; weights in .bin files are not read by this version",
          ErrorDetails.in(file));
    }
    return TensorFile.open(file);
  }
}
