package dev.sdlora.families.checkpoint.auxiliary;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.network.control.ImageAdapterConfig;
import dev.sdlora.families.network.control.ImageAdapterConfig.Projection;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Opens IP-Adapters, {@code .safetensors} or {@code .bin}, with the tensor names of h94's files.
 */
public final class ImageAdapterReader {
  private static final Pattern LAYER = Pattern.compile("ip_adapter\\.(\\d+)\\.to_k_ip\\.weight");
  private static final Pattern RESAMPLER_LAYER = Pattern.compile("image_proj\\.layers\\.(\\d+)\\.");

  /** Upper bounds; SDXL has 70 attention layers that read text, and resamplers have 4 layers. */
  private static final int MAX_LAYERS = 512;

  private static final int MAX_DEPTH = 64;

  private ImageAdapterReader() {}

  /** Whether a file looks like an IP-Adapter; reads only the header. */
  public static boolean isAdapter(TensorFile file) {
    return file.tensors().keySet().stream()
        .anyMatch(name -> name.startsWith("ip_adapter.") || name.startsWith("image_proj."));
  }

  /**
   * Finds the adapter in a file; reads only the header.
   *
   * @throws CheckpointException if it is something else, or needs embeddings of faces
   */
  public static NetworkFile<ImageAdapterConfig> read(TensorFile file) {
    Path path = file.path();
    if (!isAdapter(file)) {
      throw error(
          path, "is not an IP-Adapter: it has no tensors named 'image_proj.…' and 'ip_adapter.…'");
    }
    refuseFaces(path, file.tensors().keySet());
    FileTensors tensors = new FileTensors(file, "IP-Adapter", name -> name);
    List<Integer> layers = new ArrayList<>();
    int count = tensors.count(LAYER, 1, 2, MAX_LAYERS);
    for (int i = 0; i < count; i++) {
      layers.add(tensors.common(0, "ip_adapter." + (2 * i + 1) + ".to_k_ip.weight"));
    }
    int width =
        tensors.common(
            1,
            "ip_adapter.1.to_k_ip.weight",
            "ip_adapter.1.to_v_ip.weight",
            "ip_adapter.3.to_k_ip.weight");
    ImageAdapterConfig config = config(tensors, width, layers);
    return new NetworkFile<>(path, config, tensors.resolve(config.weights()));
  }

  private static ImageAdapterConfig config(FileTensors tensors, int width, List<Integer> layers) {
    if (tensors.find("image_proj.latents").isPresent()) {
      int heads =
          tensors.common(0, "image_proj.layers.0.0.to_q.weight") / ImageAdapterConfig.HEAD_WIDTH;
      return new ImageAdapterConfig(
          Projection.RESAMPLER,
          tensors.common(1, "image_proj.proj_in.weight"),
          tensors.common(1, "image_proj.latents"),
          width,
          tensors.common(2, "image_proj.latents"),
          heads,
          tensors.count(RESAMPLER_LAYER, MAX_DEPTH),
          layers);
    }
    if (tensors.find("image_proj.proj.3.weight").isPresent()) {
      int states = tensors.common(1, "image_proj.proj.0.weight");
      int inner = tensors.common(0, "image_proj.proj.0.weight");
      return new ImageAdapterConfig(Projection.STATES, states, 0, width, inner, 0, 0, layers);
    }
    int rows = tensors.common(0, "image_proj.proj.weight", "image_proj.proj.bias");
    int imageWidth = tensors.common(1, "image_proj.proj.weight");
    return new ImageAdapterConfig(
        Projection.POOLED, imageWidth, Math.max(1, rows / width), width, 0, 0, 0, layers);
  }

  private static void refuseFaces(Path path, Set<String> names) {
    boolean faces =
        names.stream()
            .anyMatch(
                name ->
                    name.contains("to_q_lora")
                        || name.startsWith("image_proj.perceiver_resampler.")
                        || name.startsWith("image_proj.mapping_"));
    boolean alone =
        names.contains("image_proj.norm.weight") && names.contains("image_proj.proj.0.weight");
    if (faces || alone) {
      throw error(
          path,
          "is a FaceID adapter, which is not supported: it reads embeddings by InsightFace's"
              + " networks, whose weights are licensed for non-commercial research only; use a"
              + " plus-face or full-face adapter");
    }
  }

  private static CheckpointException error(Path path, String problem) {
    return new CheckpointException("'%s' %s".formatted(path, problem), ErrorDetails.in(path));
  }
}
