package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.SafetensorsFile;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;

/**
 * The weights of one network in native memory, and the only class that writes them. The checkpoint
 * file is the backup: a changed weight is put back by reading its original bytes again, so that it
 * is what it was, bit for bit, at no cost of memory.
 *
 * <p>Not safe for several threads; programs may read the {@link #dict()} while nobody writes.
 */
public final class LiveWeights implements AutoCloseable {
  private final Torch torch;
  private final TensorLoader loader;
  private final ScalarType type;
  private final Map<String, Weight> weights;
  private final TensorDict dict;
  private final Set<String> patched = new LinkedHashSet<>();

  private LiveWeights(
      Torch torch, TensorLoader loader, ScalarType type, Map<String, Weight> weights) {
    this.torch = torch;
    this.loader = loader;
    this.type = type;
    this.weights = weights;
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    weights.forEach((name, weight) -> tensors.put(name, weight.tensor));
    this.dict = TensorDict.of(tensors);
  }

  /**
   * Reads weights. They belong to the loader's owner.
   *
   * @param origins where each weight lies, by the name that the network uses
   * @param type the number format to compute in: float32 or bfloat16
   * @throws dev.sdlora.api.TensorFileException if a file cannot be read or has changed
   */
  public static LiveWeights load(
      Torch torch, TensorLoader loader, Map<String, Origin> origins, ScalarType type) {
    Map<String, Weight> weights = new LinkedHashMap<>();
    try (Readers readers = new Readers()) {
      origins.forEach(
          (name, origin) -> {
            NDArray tensor = readers.load(loader, origin, type, torch.manager());
            weights.put(name, new Weight(origin, tensor));
          });
    }
    return new LiveWeights(torch, loader, type, weights);
  }

  /** The weights as programs take them. */
  public TensorDict dict() {
    return dict;
  }

  /** The shapes of all weights by name. */
  public Map<String, List<Long>> shapes() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    weights.forEach((name, weight) -> shapes.put(name, weight.origin.shape()));
    return shapes;
  }

  /** The names of the weights that differ from the file at the moment. */
  public Set<String> patched() {
    return Collections.unmodifiableSet(patched);
  }

  /** The tensor itself, for reading. */
  public NDArray tensor(String name) {
    return weight(name).tensor;
  }

  /** A copy of the values that a weight has at the moment. */
  public float[] values(String name) {
    try (NDManager scope = torch.scope()) {
      return loader.program().call("floats").tensor(weight(name).tensor).run(scope).toFloatArray();
    }
  }

  /**
   * Makes weights what the file says plus changes: {@code W = round(W0 + Σ scale · up · down)},
   * summed in float32 and rounded once. Weights that were changed before are read again first.
   *
   * @param changes the changes of each weight by name; each list has at least one
   * @throws dev.sdlora.api.TensorFileException if the file is needed and has changed
   */
  public void patch(Map<String, List<LowRank>> changes) {
    try (Readers readers = new Readers()) {
      changes.forEach((name, updates) -> patch(readers, name, updates));
    }
  }

  private void patch(Readers readers, String name, List<LowRank> updates) {
    Weight weight = weight(name);
    NDArray target = weight.tensor;
    Program program = loader.program();
    boolean wasPatched = !patched.add(name);
    try (NDManager scope = torch.scope()) {
      NDArray[] ups = updates.stream().map(LowRank::up).toArray(NDArray[]::new);
      NDArray[] downs = updates.stream().map(LowRank::down).toArray(NDArray[]::new);
      double[] scales = updates.stream().mapToDouble(LowRank::scale).toArray();
      if (type == ScalarType.FLOAT32) {
        if (wasPatched) {
          readers.refill(loader, weight);
        }
        program.call("patch").tensor(target).list(ups).list(downs).numbers(scales).run(scope);
      } else {
        NDArray original = readers.load(loader, weight.origin, ScalarType.FLOAT32, scope);
        program
            .call("patch_from")
            .tensor(target)
            .tensor(original)
            .list(ups)
            .list(downs)
            .numbers(scales)
            .run(scope);
      }
    }
  }

  /**
   * Puts weights back to what the file says; those that were not changed are left alone.
   *
   * @throws dev.sdlora.api.TensorFileException if the file has changed since it was opened; the
   *     weights not yet put back stay in {@link #patched()}
   */
  public void restore(Collection<String> names) {
    List<String> changed = names.stream().filter(patched::contains).toList();
    try (Readers readers = new Readers()) {
      for (String name : changed) {
        readers.refill(loader, weight(name));
        patched.remove(name);
      }
    }
  }

  private Weight weight(String name) {
    Weight weight = weights.get(name);
    if (weight == null) {
      throw new NoSuchElementException("no weight is named " + name);
    }
    return weight;
  }

  /** Frees the dictionary; the tensors go with their owner. */
  @Override
  public void close() {
    dict.close();
  }

  /** A tensor and where its original values lie. */
  private record Weight(Origin origin, NDArray tensor) {}

  /** The files that are open during one operation. */
  private static final class Readers implements AutoCloseable {
    private final Map<SafetensorsFile, SafetensorsFile.Reader> open = new HashMap<>();

    NDArray load(TensorLoader loader, Origin origin, ScalarType type, NDManager scope) {
      return loader.load(of(origin.file()), origin.entry(), origin.shape(), type, scope);
    }

    void refill(TensorLoader loader, Weight weight) {
      loader.fill(weight.tensor, of(weight.origin.file()), weight.origin.entry());
    }

    private SafetensorsFile.Reader of(SafetensorsFile file) {
      return open.computeIfAbsent(file, SafetensorsFile::reader);
    }

    @Override
    public void close() {
      open.values().forEach(SafetensorsFile.Reader::close);
    }
  }
}
