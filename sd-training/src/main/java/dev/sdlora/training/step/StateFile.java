package dev.sdlora.training.step;

import ai.djl.ndarray.NDArray;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The state of a training run on disk: float32 tensors and text entries, in a safetensors file. */
public final class StateFile {
  private StateFile() {}

  /** Writes tensors, replacing an existing file only when everything is written. */
  public static void write(Path path, Map<String, NDArray> tensors, Map<String, String> words) {
    SafetensorsWriter writer = new SafetensorsWriter();
    words.forEach(writer::metadata);
    tensors.forEach(
        (name, tensor) -> {
          List<Long> shape = Arrays.stream(tensor.getShape().getShape()).boxed().toList();
          writer.tensor(name, shape, tensor.toFloatArray(), DType.F32);
        });
    writer.write(path);
  }

  /**
   * Fills tensors with their values from a file.
   *
   * @return the text entries of the file
   * @throws TensorFileException if a tensor is missing or has another size
   */
  public static Map<String, String> read(Path path, Map<String, NDArray> tensors) {
    TensorFile file = TensorFile.open(path);
    try (TensorFile.Reader reader = file.reader()) {
      tensors.forEach(
          (name, tensor) -> {
            float[] values =
                reader.floats(
                    file.find(name)
                        .filter(entry -> entry.elements() == tensor.size())
                        .orElseThrow(() -> missing(path, name, tensor)));
            tensor.set(FloatBuffer.wrap(values));
          });
    }
    return file.metadata();
  }

  private static TensorFileException missing(Path path, String name, NDArray tensor) {
    return new TensorFileException(
        "training state '%s' has no tensor '%s' of %s numbers; it probably belongs to another training run"
            .formatted(path, name, tensor.size()),
        ErrorDetails.in(path).withTensor(name));
  }
}
