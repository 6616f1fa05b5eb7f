package dev.sdlora.demo.scratch;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.SingleFileNames;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Writes trained networks as one SD 1.x checkpoint file in float16, with LDM's tensor names. */
public final class CheckpointWriter {
  private final SafetensorsWriter writer = new SafetensorsWriter();

  /** The configurations of the networks, which must be recoverable from the file. */
  private final List<Object> trained = new ArrayList<>();

  /** Creates an empty checkpoint. */
  public CheckpointWriter() {}

  /** Adds the text encoder. */
  public CheckpointWriter textEncoder(ClipConfig config, Map<String, float[]> weights) {
    return add(config, config.weights(), weights, SingleFileNames.textEncoder(ModelFamily.SD1, 0));
  }

  /** Adds the U-Net. */
  public CheckpointWriter unet(UNetConfig config, Map<String, float[]> weights) {
    return add(config, config.weights(), weights, SingleFileNames.unet(config));
  }

  /** Adds the autoencoder. */
  public CheckpointWriter vae(VaeConfig config, Map<String, float[]> weights) {
    return add(config, config.weights(), weights, SingleFileNames.vae(config));
  }

  /** Adds a metadata entry. */
  public CheckpointWriter metadata(String key, String value) {
    writer.metadata(key, value);
    return this;
  }

  private CheckpointWriter add(
      Object config,
      Map<String, List<Long>> shapes,
      Map<String, float[]> weights,
      UnaryOperator<String> names) {
    trained.add(config);
    shapes.forEach(
        (name, shape) -> {
          float[] values = weights.get(name);
          if (values == null) {
            throw new IllegalArgumentException("no values for weight " + name);
          }
          writer.tensor(names.apply(name), SingleFileNames.shape(name, shape), values, DType.F16);
        });
    return this;
  }

  /**
   * Writes the file; an existing one is replaced only when everything is written.
   *
   * @throws IllegalStateException if the networks would be read with other dimensions than they
   *     were trained with, such as attention heads, which no tensor shows
   */
  public void write(Path path) {
    writer.write(path);
    UNetFiles read = CheckpointReader.read(path);
    List<Object> found =
        List.of(read.textEncoders().get(0).config(), read.unet().config(), read.vae().config());
    for (Object config : trained) {
      if (!found.contains(config)) {
        throw new IllegalStateException(
            "%s would be read as %s, but was trained as %s".formatted(path, found, config));
      }
    }
  }
}
