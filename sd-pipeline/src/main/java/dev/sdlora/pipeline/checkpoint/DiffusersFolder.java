package dev.sdlora.pipeline.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointException;
import dev.sdlora.pipeline.checkpoint.CheckpointReader.Network;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
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
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Names SAME = name -> name;

  /** The attention of the VAE before diffusers 0.18. */
  private static final Map<String, String> OLD_VAE_ATTENTION =
      Map.of("to_q", "query", "to_k", "key", "to_v", "value", "to_out.0", "proj_attn");

  private static final Pattern VAE_ATTENTION =
      Pattern.compile("attentions\\.0\\.(to_\\w+(?:\\.0)?)\\.");

  private DiffusersFolder() {}

  static ModelFiles read(Path folder) {
    if (!Files.isDirectory(folder.resolve("unet"))) {
      throw new CheckpointException(
          "'"
              + folder
              + "' is a folder without a sub-folder 'unet'; expected a checkpoint file or a folder in"
              + " the diffusers layout");
    }
    if (Files.isDirectory(folder.resolve("text_encoder_2"))) {
      throw new CheckpointException(
          "'"
              + folder
              + "' is for SDXL (it has a second text encoder); this version runs SD 1.x"
              + " checkpoints");
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
              + " runs SD 1.x checkpoints");
    }
    int side = 8 * unetConfig.path("sample_size").asInt(64);
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
      case "epsilon" -> Prediction.NOISE;
      case "v_prediction" -> Prediction.VELOCITY;
      default ->
          throw new CheckpointException(
              "checkpoint '"
                  + folder
                  + "': its U-Net predicts '"
                  + type
                  + "' says '"
                  + file
                  + "', expected epsilon or v_prediction");
    };
  }

  private static Network<ClipConfig> clip(Path folder) {
    int heads = config(folder, "text_encoder").path("num_attention_heads").asInt(0);
    Pattern layer = Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.");
    return Network.of(
        new FileTensors(weights(folder, "text_encoder", "model"), "text encoder", SAME),
        tensors -> NetworkShapes.clip(tensors, layer, heads));
  }

  private static Network<UNetConfig> unet(Path folder, JsonNode config) {
    FileTensors tensors =
        new FileTensors(weights(folder, "unet", "diffusion_pytorch_model"), "U-Net", SAME);
    int levels = tensors.count(Pattern.compile("down_blocks\\.(\\d+)\\."));
    int layers = tensors.count(Pattern.compile("down_blocks\\.0\\.resnets\\.(\\d+)\\."));
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
              + " this version runs SD 1.x checkpoints");
    }
    return new Network<>(
        NetworkShapes.unet(tensors, levels, layers, depth, middle, heads.asInt(8)), tensors);
  }

  private static int transformers(FileTensors tensors, String block) {
    return tensors.count(
        Pattern.compile(
            Pattern.quote(block) + "\\.attentions\\.0\\.transformer_blocks\\.(\\d+)\\."));
  }

  private static Network<VaeConfig> vae(Path folder) {
    TensorFile file = weights(folder, "vae", "diffusion_pytorch_model");
    boolean old = file.tensors().keySet().stream().anyMatch(name -> name.contains(".proj_attn."));
    Names names = old ? DiffusersFolder::oldVaeName : SAME;
    FileTensors tensors = new FileTensors(file, "VAE", names);
    int levels = tensors.count(Pattern.compile("encoder\\.down_blocks\\.(\\d+)\\."));
    int layers = tensors.count(Pattern.compile("encoder\\.down_blocks\\.0\\.resnets\\.(\\d+)\\."));
    double scale =
        config(folder, "vae").path("scaling_factor").asDouble(NetworkShapes.LATENT_SCALE);
    return new Network<>(NetworkShapes.vae(tensors, levels, layers, scale), tensors);
  }

  private static String oldVaeName(String name) {
    return VAE_ATTENTION
        .matcher(name)
        .replaceFirst(part -> "attentions.0." + OLD_VAE_ATTENTION.get(part.group(1)) + ".");
  }

  private static JsonNode config(Path folder, String network) {
    return json(folder, folder.resolve(network).resolve("config.json"));
  }

  private static JsonNode json(Path folder, Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new CheckpointException(
          "checkpoint '" + folder + "': '" + file + "' cannot be read: " + e.getMessage(), e);
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
              + "' is missing; weights in .bin files are not read by this version");
    }
    return TensorFile.open(file);
  }
}
