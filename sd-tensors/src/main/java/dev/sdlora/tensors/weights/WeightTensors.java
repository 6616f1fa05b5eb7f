package dev.sdlora.tensors.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of {@link LiveWeights}: plain ones stay the same and are written in place, packed
 * ones are replaced at each change. Those kept in another format are replaced by a plain one while
 * they are changed. The dictionary for programs contains all of them.
 *
 * <p>Not thread-safe except for {@link #pack}, {@link #store}, {@link #widen}, {@link #plain} and
 * everything immutable.
 */
final class WeightTensors {
  private final Torch torch;
  private final TensorLoader loader;
  private final ScalarType type;
  private final Map<String, Origin> origins;
  private final Map<String, Packing> packings;
  private final Packer packer;
  private final StoredWeights formats;
  private final Map<String, NDArray> plain = new ConcurrentHashMap<>();
  private final Map<String, List<NDArray>> stored = new ConcurrentHashMap<>();
  private final Map<String, List<NDArray>> packed = new HashMap<>();
  private final Map<String, Packing> inUse = new HashMap<>();
  private @Nullable TensorDict dict;

  WeightTensors(
      Torch torch,
      TensorLoader loader,
      ScalarType type,
      Map<String, Origin> origins,
      Map<String, Packing> packings,
      Map<String, StoredFormat> formats) {
    this.torch = torch;
    this.loader = loader;
    this.type = type;
    this.origins = new LinkedHashMap<>(origins);
    this.packings = Map.copyOf(packings);
    this.packer = new Packer(torch);
    this.formats = new StoredWeights(torch, formats);
  }

  Torch torch() {
    return torch;
  }

  ScalarType type() {
    return type;
  }

  Map<String, Origin> origins() {
    return origins;
  }

  Origin origin(String name) {
    Origin origin = origins.get(name);
    if (origin == null) {
      throw new NoSuchElementException("no weight is named " + name);
    }
    return origin;
  }

  boolean isPacked() {
    return !packings.isEmpty();
  }

  boolean isPacked(String name) {
    return packings.containsKey(name);
  }

  /** Returns the formats of weights that are not held in the dtype of the computation. */
  StoredWeights formats() {
    return formats;
  }

  /** Returns the bytes that the weights take in memory, all unchanged. */
  long bytes() {
    return origins.keySet().stream().mapToLong(this::bytes).sum() + type.bytes() * repeated();
  }

  private long bytes(String name) {
    Origin origin = origin(name);
    return formats
        .format(name)
        .map(format -> format.bytes(origin))
        .orElse(type.bytes() * origin.entry().elements());
  }

  /** Whether the weight is packed as the kernel of a convolution. */
  boolean isKernel(String name) {
    Packing packing = Packer.layout(packings.get(name));
    return packing instanceof Packing.Convolution || packing instanceof Packing.Doubling;
  }

  /** Whether the weight is rounded to 8-bit integers unless it has a change. */
  boolean isRounded(String name) {
    return packings.get(name) instanceof Packing.Integers;
  }

  /** Returns the bytes that weights save in memory because they are rounded. */
  long saved() {
    return packings.keySet().stream()
        .filter(this::isRounded)
        .mapToLong(name -> (type.bytes() - 1) * origin(name).entry().elements())
        .sum();
  }

  /** Returns the number of elements that are stored a second time, in another form. */
  long repeated() {
    return packings.entrySet().stream()
        .mapToLong(
            each -> Packer.repeated(each.getValue(), origin(each.getKey()).entry().elements()))
        .sum();
  }

  /** Allocates the plain tensors. */
  void makeRoom() {
    for (String name : origins.keySet()) {
      if (!isPacked(name) && !formats.contains(name)) {
        plain.put(name, loader.room(origin(name).shape(), type, torch.manager()));
      }
    }
  }

  /** Creates the dictionary once all tensors exist. */
  void complete() {
    dict = TensorDict.of(entries());
  }

  boolean areThere() {
    return dict != null;
  }

  TensorDict dict() {
    TensorDict known = dict;
    if (known == null) {
      throw new IllegalStateException("the weights are not in memory");
    }
    return known;
  }

  /** Returns the tensor of a plain weight, not a copy. */
  NDArray plain(String name) {
    origin(name);
    NDArray tensor = plain.get(name);
    if (tensor == null) {
      throw new IllegalStateException("the weights are not in memory");
    }
    return tensor;
  }

  /**
   * Packs the values of a weight and frees its previous tensors. Thread-safe.
   *
   * @param changed whether the values are not those of the file; such values are never rounded to
   *     integers
   */
  void pack(String name, NDArray values, boolean changed) {
    Packing full = packings.get(name);
    if (full == null) {
      throw new IllegalArgumentException(name + " is not packed");
    }
    Packing packing = full instanceof Packing.Integers all && changed ? all.layout() : full;
    List<NDArray> parts = packer.pack(packing, values, torch.manager());
    List<NDArray> before;
    synchronized (this) {
      before = packed.put(name, parts);
      inUse.put(name, packing);
      if (dict != null) {
        packer.replace(dict, entriesOf(name));
      }
    }
    if (before != null) {
      Closing.all(before, NDArray::close);
    }
  }

  /** Holds a weight as its tensors in another format, and frees its previous ones. Thread-safe. */
  void store(String name, List<NDArray> tensors) {
    Closing.all(exchange(name, tensors, List.of()), NDArray::close);
  }

  /** Holds the values of a weight in the dtype of the computation. Thread-safe. */
  void widen(String name, NDArray values) {
    Closing.all(exchange(name, List.of(), List.of(values)), NDArray::close);
  }

  /** Returns the tensors that were replaced. */
  private synchronized List<NDArray> exchange(
      String name, List<NDArray> tensors, List<NDArray> values) {
    List<NDArray> before = new ArrayList<>();
    Map<String, NDArray> gone = new LinkedHashMap<>();
    if (plain.containsKey(name) || stored.containsKey(name)) {
      gone.putAll(entriesOf(name));
      before.addAll(gone.values());
    }
    plain.remove(name);
    stored.remove(name);
    values.forEach(each -> plain.put(name, each));
    if (values.isEmpty()) {
      stored.put(name, tensors);
    }
    if (dict != null) {
      formats.change(dict, gone.keySet(), entriesOf(name));
    }
    return before;
  }

  /**
   * Whether a weight that can be kept in another format is held in the dtype of the computation.
   */
  boolean isWide(String name) {
    return plain.containsKey(name);
  }

  Map<String, NDArray> entries() {
    Map<String, NDArray> entries = new LinkedHashMap<>();
    origins.keySet().forEach(name -> entries.putAll(entriesOf(name)));
    return entries;
  }

  private Map<String, NDArray> entriesOf(String name) {
    List<NDArray> kept = stored.get(name);
    if (kept != null) {
      return StoredWeights.entries(name, kept);
    }
    List<NDArray> parts = packed.get(name);
    if (parts == null) {
      return Map.of(name, plain(name));
    }
    Map<String, NDArray> entries = new LinkedHashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      entries.put(Packer.name(inUse.get(name), name, i), parts.get(i));
    }
    return entries;
  }

  float[] values(String name) {
    try (NDManager scope = torch.scope()) {
      List<NDArray> kept = stored.get(name);
      if (kept != null) {
        return formats.values(kept, ScalarType.FLOAT32, scope).toFloatArray();
      }
      List<NDArray> parts = packed.get(name);
      NDArray values =
          parts == null
              ? plain(name)
              : packer.unpack(inUse.get(name), parts, origin(name).shape(), scope);
      return loader.program().call("floats").tensor(values).run(scope).toFloatArray();
    }
  }

  /** Frees all tensors; they can be created again. */
  void free() {
    List<NDArray> freed = new ArrayList<>(plain.values());
    packed.values().forEach(freed::addAll);
    stored.values().forEach(freed::addAll);
    closeDict();
    dict = null;
    plain.clear();
    packed.clear();
    stored.clear();
    inUse.clear();
    Closing.all(freed, NDArray::close);
  }

  /** Frees only the dictionary. */
  void closeDict() {
    TensorDict known = dict;
    if (known != null) {
      known.close();
    }
  }
}
