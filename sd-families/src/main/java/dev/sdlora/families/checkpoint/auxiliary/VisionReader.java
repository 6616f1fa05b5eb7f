package dev.sdlora.families.checkpoint.auxiliary;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.NetworkFile;
import dev.sdlora.families.checkpoint.layout.OpenClipNames;
import dev.sdlora.families.network.control.VisionConfig;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Opens CLIP vision encoders that use the tensor names of transformers or OpenCLIP. */
public final class VisionReader {
  private static final String PATCHES = "vision_model.embeddings.patch_embedding.weight";
  private static final String POSITIONS = "vision_model.embeddings.position_embedding.weight";

  /** Upper bounds; ViT-bigG has 48 layers, patches of 14 pixels and 257 positions. */
  private static final int MAX_LAYERS = 256;

  private static final int MAX_PATCH = 64;
  private static final int MAX_POSITIONS = 1 << 12;

  private VisionReader() {}

  /** Returns the file of weights in a folder of diffusers, or the path itself. */
  public static Path file(Path path) {
    return List.of("model.safetensors", "pytorch_model.bin", "open_clip_model.safetensors").stream()
        .map(path::resolve)
        .filter(Files::isRegularFile)
        .findFirst()
        .orElse(path);
  }

  /**
   * Finds the encoder in a file; reads only the header.
   *
   * @throws CheckpointException if it is something else
   */
  public static NetworkFile<VisionConfig> read(TensorFile file) {
    if (file.find(PATCHES).isPresent()) {
      return read(
          new FileTensors(file, "vision encoder", name -> name),
          Pattern.compile("vision_model\\.encoder\\.layers\\.(\\d+)\\."));
    }
    if (file.find(OpenClipVisionNames.PREFIX + "conv1.weight").isPresent()) {
      return read(
          new FileTensors(
              OpenClipVisionNames.withParts(file), "vision encoder", OpenClipVisionNames::inFile),
          OpenClipNames.layers(OpenClipVisionNames.PREFIX));
    }
    throw new CheckpointException(
        "'%s' is not a CLIP vision encoder: it has none of the tensors '%s' and '%sconv1.weight'"
            .formatted(file.path(), PATCHES, OpenClipVisionNames.PREFIX),
        ErrorDetails.in(file.path()));
  }

  private static NetworkFile<VisionConfig> read(FileTensors tensors, Pattern layers) {
    String first = "vision_model.encoder.layers.0.";
    VisionConfig config =
        new VisionConfig(
            tensors.common(0, PATCHES, "vision_model.post_layernorm.weight"),
            tensors.count(layers, MAX_LAYERS),
            tensors.common(0, first + "mlp.fc1.weight", first + "mlp.fc1.bias"),
            tensors.common(2, PATCHES),
            tensors.common(0, POSITIONS),
            tensors.common(0, "visual_projection.weight"));
    if (config.width() % VisionConfig.HEADS != 0
        || config.layers() < 2
        || config.patch() > MAX_PATCH
        || config.positions() > MAX_POSITIONS
        || config.side() % config.patch() != 0
        || square(config.side() / config.patch()) != config.positions() - 1) {
      throw new CheckpointException(
          "'%s': the vision encoder has width %s, %s layers, patches of %s pixels and %s positions, expected a width that %s heads divide, 2 layers or more, and a square of patches and one more position"
              .formatted(
                  tensors.path(),
                  config.width(),
                  config.layers(),
                  config.patch(),
                  config.positions(),
                  VisionConfig.HEADS),
          ErrorDetails.in(tensors.path()));
    }
    return new NetworkFile<>(tensors.path(), config, tensors.resolve(config.weights()));
  }

  private static int square(int side) {
    return side * side;
  }
}
