package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.file.OpenFiles;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
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
    try (OpenFiles files = new OpenFiles()) {
      origins.forEach(
          (name, origin) -> {
            NDArray tensor = load(loader, files, origin, type, torch.manager());
            weights.put(name, new Weight(origin, tensor));
          });
    }
    return new LiveWeights(torch, loader, type, weights);
  }

  private static NDArray load(
      TensorLoader loader, OpenFiles files, Origin origin, ScalarType type, NDManager scope) {
    return loader.load(files.of(origin.file()), origin.entry(), origin.shape(), type, scope);
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

  /** The names of the weights that may differ from the file at the moment. */
  public Set<String> patched() {
    return Set.copyOf(patched);
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

  /** Starts an operation that changes weights. The caller closes it. */
  public Writer writer() {
    return new Writer();
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

  /** One operation that changes weights, with the files that it needs open. */
  public final class Writer implements AutoCloseable {
    private final OpenFiles files = new OpenFiles();

    private Writer() {}

    /**
     * Makes a weight what the file says plus changes: {@code W = round(W0 + Σ scale · up · down)},
     * summed in float32 and rounded once. A weight that was changed before is read again first.
     *
     * @param changes at least one
     * @return false if a factor holds NaN or infinity; the weight is then as it was, or restored
     * @throws dev.sdlora.api.TensorFileException if the file is needed and has changed
     */
    public boolean patch(String name, List<LowRank> changes) {
      Weight weight = weight(name);
      boolean wasPatched = !patched.add(name);
      try (NDManager scope = torch.scope()) {
        Program.Call call;
        if (type == ScalarType.FLOAT32) {
          if (wasPatched) {
            refill(weight);
          }
          call = loader.program().call("patch").tensor(weight.tensor);
        } else {
          NDArray original = load(loader, files, weight.origin, ScalarType.FLOAT32, scope);
          call = loader.program().call("patch_from").tensor(weight.tensor).tensor(original);
        }
        return call.list(changes.stream().map(LowRank::up).toArray(NDArray[]::new))
            .list(changes.stream().map(LowRank::down).toArray(NDArray[]::new))
            .numbers(changes.stream().mapToDouble(LowRank::scale).toArray())
            .run(scope)
            .getBoolean();
      }
    }

    /**
     * Puts a weight back to what the file says; one that was not changed is left alone.
     *
     * @throws dev.sdlora.api.TensorFileException if the file has changed since it was opened; the
     *     weight then stays in {@link #patched()}
     */
    public void restore(String name) {
      if (patched.contains(name)) {
        refill(weight(name));
        patched.remove(name);
      }
    }

    private void refill(Weight weight) {
      loader.fill(weight.tensor, files.of(weight.origin.file()), weight.origin.entry());
    }

    @Override
    public void close() {
      files.close();
    }
  }
}
