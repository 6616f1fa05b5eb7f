package dev.sdlora.lora.library;

import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Writes LoRA files with a few numbers. */
final class TinyLoras {
  private TinyLoras() {}

  /** One module of rank 1 in kohya's layout, and metadata. */
  static Path write(Path path, Map<String, String> metadata) {
    return write(path, metadata, "lora_unet_x");
  }

  /** One module of rank 1 for each key. */
  static Path write(Path path, Map<String, String> metadata, String... keys) {
    SafetensorsWriter writer = new SafetensorsWriter();
    metadata.forEach(writer::metadata);
    for (String key : keys) {
      writer
          .tensor(key + ".lora_down.weight", List.of(1L, 2L), new float[2], DType.F16)
          .tensor(key + ".lora_up.weight", List.of(2L, 1L), new float[2], DType.F16)
          .tensor(key + ".alpha", List.of(), new float[] {0.5f}, DType.F16);
    }
    try {
      Files.createDirectories(path.resolveSibling(""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    writer.write(path);
    return path;
  }
}
