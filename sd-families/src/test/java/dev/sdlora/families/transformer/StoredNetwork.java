package dev.sdlora.families.transformer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensorkit.GoldenTensors;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A network of a test resource whose tensors have the names of the program. */
public final class StoredNetwork {
  private final TensorFile file;

  private StoredNetwork(TensorFile file) {
    this.file = file;
  }

  /** Opens a file next to the tests of transformers. */
  public static StoredNetwork open(String path) {
    return open(
        GoldenTensors.folder("/dev/sdlora/families").resolve("transformer").resolve(Path.of(path)));
  }

  /** Opens a file of one of the small models. */
  public static StoredNetwork open(Path file) {
    return new StoredNetwork(TensorFile.open(file));
  }

  /** Returns the shapes of all tensors by name. */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    file.tensors().forEach((name, entry) -> shapes.put(name, entry.shape()));
    return shapes;
  }

  /** Loads some tensors. */
  public LiveWeights load(
      Torch torch, Map<String, List<Long>> wanted, ScalarType type, Map<String, Packing> packings) {
    return load(torch, wanted, name -> name, type, packings);
  }

  /**
   * Loads some tensors.
   *
   * @param names returns the name of a weight in the file
   */
  public LiveWeights load(
      Torch torch,
      Map<String, List<Long>> wanted,
      UnaryOperator<String> names,
      ScalarType type,
      Map<String, Packing> packings) {
    Map<String, Origin> origins = new LinkedHashMap<>();
    wanted.forEach(
        (name, shape) -> origins.put(name, new Origin(file, entry(names.apply(name)), shape)));
    return LiveWeights.load(torch, new TensorLoader(torch), origins, type, packings);
  }

  /** Returns the values of a tensor. */
  public float[] floats(String name) {
    try (TensorFile.Reader reader = file.reader()) {
      return reader.floats(entry(name));
    }
  }

  /** Returns a tensor on a manager. */
  public NDArray tensor(String name, NDManager scope) {
    long[] shape = entry(name).shape().stream().mapToLong(Long::longValue).toArray();
    return Torch.floats(scope, floats(name), shape);
  }

  private TensorEntry entry(String name) {
    return file.find(name).orElseThrow(() -> new AssertionError("no tensor " + name));
  }
}
