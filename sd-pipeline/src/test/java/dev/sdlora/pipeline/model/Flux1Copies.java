package dev.sdlora.pipeline.model;

import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Writes copies of the small FLUX.1 [dev] and of its control LoRA, with wider inputs. */
public final class Flux1Copies {
  private Flux1Copies() {}

  /** Copies the model and its parts under another name. */
  public static Path copied(Path folder, String name) throws IOException {
    for (Path each :
        List.of(
            Path.of("diffusion_models/flux1-dev.safetensors"),
            Path.of("text_encoders/clip_l.safetensors"),
            Path.of("text_encoders/t5xxl_fp16.safetensors"),
            Path.of("vae/ae.safetensors"))) {
      Path target = folder.resolve(each.toString().replace("flux1-dev", name));
      Files.createDirectories(Objects.requireNonNull(target.getParent()));
      if (!Files.exists(target)) {
        Path root = TinyTransformers.textEncoder().resolve("../..").normalize();
        Files.copy(root.resolve(each), target);
      }
    }
    return folder.resolve("diffusion_models/" + name + ".safetensors");
  }

  /** Writes a copy of a model into its folder, whose first layer has further columns. */
  public static Path widened(Path model, String name, float[] columns) {
    return widened(model, model.resolveSibling(name + ".safetensors"), "img_in.weight", columns);
  }

  /** Copies the model's diffusers folder and widens its first layer. */
  public static Path widenedFolder(Path target, float[] columns) throws IOException {
    Path source = TinyTransformers.flux1Folder();
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        Files.createDirectories(Objects.requireNonNull(copy.getParent()));
        if (file.startsWith(source.resolve("transformer")) && file.toString().endsWith("tensors")) {
          widened(file, copy, "x_embedder.weight", columns);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    return target;
  }

  /** Writes a copy of the control LoRA whose first module reads a control image. */
  public static Path controlLora(Path folder, String name, float[] columns) {
    return widened(
        TinyTransformers.flux1Loras().resolve("lora_bfl_control.safetensors"),
        folder.resolve(name + ".safetensors"),
        "img_in.lora_A.weight",
        columns);
  }

  private static Path widened(Path source, Path target, String name, float[] columns) {
    TensorFile stored = TensorFile.open(source);
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorFile.Reader reader = stored.reader()) {
      stored
          .tensors()
          .forEach(
              (tensor, entry) -> {
                float[] values = reader.floats(entry);
                if (tensor.equals(name)) {
                  add(writer, entry, values, columns);
                } else {
                  writer.tensor(tensor, entry.shape(), values, DType.F32);
                }
              });
    }
    writer.write(target);
    return target;
  }

  private static void add(
      SafetensorsWriter writer, TensorEntry entry, float[] values, float[] columns) {
    int rows = Math.toIntExact(entry.shape().get(0));
    int own = values.length / rows;
    int more = columns.length / rows;
    float[] wide = new float[rows * (own + more)];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(values, row * own, wide, row * (own + more), own);
      System.arraycopy(columns, row * more, wide, row * (own + more) + own, more);
    }
    writer.tensor(entry.name(), List.of((long) rows, (long) own + more), wide, DType.F32);
  }

  /** Returns columns of a pattern of small numbers. */
  public static float[] columns(int length, float scale) {
    float[] columns = new float[length];
    for (int i = 0; i < length; i++) {
      columns[i] = scale * (i % 7 - 3);
    }
    return columns;
  }
}
