package dev.sdlora.pipeline.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.SettingsJson;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    if (Files.isDirectory(folder.resolve("text_encoder_2"))) {
      throw new CheckpointException(
          "'"
              + folder
              + "' is for SDXL (it has a second text encoder); this version runs SD 1.x"
              + " checkpoints",
          ErrorDetails.in(folder).withFamilies(ModelFamily.SD1, ModelFamily.SDXL));
    }
    JsonNode unetConfig = config(folder, "unet");
    Network<ClipConfig> clip = clip(folder);
    Network<UNetConfig> unet = unet(folder, unetConfig);
    Network<VaeConfig> vae = vae(folder);
    if (unet.config().linearProjection()) {
      throw new CheckpointException(
          "'"
              + folder
              + "' is for SD 2.x (its transformers have linear projections); this version"
              + " runs SD 1.x checkpoints",
          ErrorDetails.in(folder).withFamilies(ModelFamily.SD1, ModelFamily.SD2));
    }
    int side = 8 * whole(folder, unetConfig, "sample_size", 64, MAX_SAMPLE_SIZE);
    return CheckpointReader.assemble(
            folder, Checkpoint.Layout.DIFFUSERS_FOLDER, clip, unet, vae, side)
        .predicting(prediction(folder));
  }

  /** What the scheduler's settings say; folders without one predict noise. */
  private static Prediction prediction(Path folder) {
    Path file = folder.resolve("scheduler").resolve("scheduler_config.json");
    String type =
        Files.exists(file)
            ? json(folder, file).path("prediction_type").asText("epsilon")
            : "epsilon";
    return switch (type) {
      case "epsilon" -> Prediction.EPSILON;
      case "v_prediction" -> Prediction.V_PREDICTION;
      default ->
          throw new CheckpointException(
              "checkpoint '"
                  + folder
                  + "': its U-Net predicts '"
                  + type
                  + "' says '"
                  + file
                  + "', expected epsilon or v_prediction",
              ErrorDetails.in(file));
    };
  }

  private static Network<ClipConfig> clip(Path folder) {
    int heads = whole(folder, config(folder, "text_encoder"), "num_attention_heads", 0, MAX_HEADS);
    Pattern layer = Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.");
    return Network.of(
        new FileTensors(weights(folder, "text_encoder", "model"), "text encoder", SAME),
        tensors -> NetworkShapes.clip(tensors, layer, heads));
  }

  private static Network<UNetConfig> unet(Path folder, JsonNode config) {
    FileTensors tensors =
        new FileTensors(weights(folder, "unet", "diffusion_pytorch_model"), "U-Net", SAME);
    int levels =
        tensors.count(Pattern.compile("down_blocks\\.(\\d+)\\."), NetworkShapes.MAX_LEVELS);
    int layers =
        tensors.count(
            Pattern.compile("down_blocks\\.0\\.resnets\\.(\\d+)\\."), NetworkShapes.MAX_LAYERS);
    List<Integer> depth = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      depth.add(transformers(tensors, "down_blocks." + i));
    }
    int middle = transformers(tensors, "mid_block");
    // In SD 1.x configurations the key with this name holds the number of heads.
    JsonNode heads = config.path("attention_head_dim");
    if (heads.isArray()) {
      throw new CheckpointException(
          "'"
              + folder
              + "' has a different number of attention heads at each level, as SD 2.x has;"
              + " this version runs SD 1.x checkpoints",
          ErrorDetails.in(folder).withFamilies(ModelFamily.SD1, ModelFamily.SD2));
    }
    int number = whole(folder, config, "attention_head_dim", 8, MAX_HEADS);
    return new Network<>(
        NetworkShapes.unet(tensors, levels, layers, depth, middle, number), tensors);
  }

  private static int transformers(FileTensors tensors, String block) {
    return tensors.count(
        Pattern.compile(
            Pattern.quote(block) + "\\.attentions\\.0\\.transformer_blocks\\.(\\d+)\\."),
        NetworkShapes.MAX_TRANSFORMERS);
  }

  private static Network<VaeConfig> vae(Path folder) {
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
        config(folder, "vae").path("scaling_factor").asDouble(NetworkShapes.LATENT_SCALE);
    if (!(scale > 0 && scale < MAX_SCALE)) {
      throw new CheckpointException(
          "checkpoint '%s': the config.json of its VAE has scaling_factor %s, expected a factor such"
                  .formatted(folder, scale)
              + " as "
              + NetworkShapes.LATENT_SCALE,
          ErrorDetails.in(folder));
    }
    return new Network<>(NetworkShapes.vae(tensors, levels, layers, scale), tensors);
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
