package dev.sdlora.demo.scratch;

import dev.sdlora.api.ModelFamily;
import dev.sdlora.pipeline.checkpoint.SingleFileNames;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Writes trained networks as one SD 1.x checkpoint file in float16, with the names of LDM. */
public final class CheckpointWriter {
  private final SafetensorsWriter writer = new SafetensorsWriter();

  /** An empty checkpoint. */
  public CheckpointWriter() {}

  /** Adds the text encoder. */
  public CheckpointWriter textEncoder(ClipConfig config, Map<String, float[]> weights) {
    return add(config.weights(), weights, SingleFileNames.textEncoder(ModelFamily.SD1, 0));
  }

  /** Adds the U-Net. */
  public CheckpointWriter unet(UNetConfig config, Map<String, float[]> weights) {
    return add(config.weights(), weights, SingleFileNames.unet(config));
  }

  /** Adds the autoencoder. */
  public CheckpointWriter vae(VaeConfig config, Map<String, float[]> weights) {
    return add(config.weights(), weights, SingleFileNames.vae(config));
  }

  /** Adds a line of metadata. */
  public CheckpointWriter metadata(String key, String value) {
    writer.metadata(key, value);
    return this;
  }

  private CheckpointWriter add(
      Map<String, List<Long>> shapes, Map<String, float[]> weights, UnaryOperator<String> names) {
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

  /** Writes the file; an earlier one is replaced only when all is written. */
  public void write(Path path) {
    writer.write(path);
  }
}
